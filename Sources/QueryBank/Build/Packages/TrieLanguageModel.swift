internal import Foundation

/// The uni-grams and bi-grams of a language model in CMU Sphinx's binary "trie" format.
///
/// Layout (pocketsphinx, `src/lm/ngram_model_trie.c` and `lm_trie*.c`; integers little-endian): the magic text, a byte
/// for the order n, a count for each order; the quantiser (its kind, then 65,536 probabilities and as many back-off
/// weights for each middle order, probabilities alone for the last); the uni-grams (probability, back-off, first
/// bi-gram), one more than counted; the bit-packed higher orders; the words, each ended by a zero byte. A bi-gram hangs
/// under its *second* word and names its first. Probabilities are logarithms to the base 1.0001.
struct TrieLanguageModel {
    /// A bi-gram with the logarithms, to base 2, of P(second | first), P(first) and P(second).
    struct Bigram {
        let first: Int
        let second: Int
        let conditional: Double
    }

    /// The vocabulary; a word's number is its place.
    let words: [String]
    /// log₂ P(word).
    let logProbability: [Double]

    private let bytes: [UInt8]
    private let firstBigram: [UInt32]
    private let bins: Int
    private let bigrams: Int
    private let wordBits: Int
    private let bitsEach: Int

    private static let magic = Array("Trie Language Model".utf8)
    private static let quantBits = 16
    private static let maxFileBytes = 1 << 30
    /// log₂ of the logarithms' base.
    private static let bitsPerUnit = log2(1.0001)

    /// Reads a model of at least two orders; its n-grams beyond pairs are not looked at.
    init(path: String) throws {
        bytes = try GzipFile(path).readAll(limit: Self.maxFileBytes)
        var reader = ByteCursor(bytes, path: path)
        guard try reader.take(Self.magic.count).elementsEqual(Self.magic) else {
            throw reader.bad("not a trie model")
        }
        let order = Int(try reader.take(1).first ?? 0)
        guard (2...8).contains(order) else { throw reader.bad("an order of \(order)") }
        let counts = try (0..<order).map { _ in Int(try reader.uint32()) }
        guard try reader.uint32() == 1 else { throw reader.bad("an unknown quantiser") }
        let table = 4 << Self.quantBits
        bins = reader.position
        try reader.skip((2 * (order - 2) + 1) * table)

        var log2Probabilities: [Double] = []
        var firstBigram: [UInt32] = []
        for _ in 0...counts[0] {
            log2Probabilities.append(Double(Float(bitPattern: try reader.uint32())) * Self.bitsPerUnit)
            try reader.skip(4)
            firstBigram.append(try reader.uint32())
        }
        logProbability = log2Probabilities
        self.firstBigram = firstBigram

        wordBits = Self.bits(for: counts[0])
        let isLast = order == 2
        bitsEach = wordBits + (isLast ? Self.quantBits : 2 * Self.quantBits + Self.bits(for: counts[2]))
        bigrams = reader.position
        for level in 1..<order {
            let payload =
                level == order - 1 ? Self.quantBits : 2 * Self.quantBits + Self.bits(for: counts[level + 1])
            try reader.skip(((1 + counts[level]) * (wordBits + payload) + 7) / 8 + 8)
        }
        let textBytes = Int(try reader.uint32())
        words = try reader.take(textBytes).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == counts[0], firstBigram.allSatisfy({ $0 <= counts[1] }),
            zip(firstBigram, firstBigram.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw reader.bad("counts that disagree") }
        hasBackOff = !isLast
    }

    private let hasBackOff: Bool

    /// Hands on every bi-gram.
    func forEachBigram(_ body: (Bigram) throws -> Void) rethrows {
        let wordMask = UInt64(1) << UInt64(wordBits) - 1
        for second in words.indices {
            for index in Int(firstBigram[second])..<Int(firstBigram[second + 1]) {
                let bit = index * bitsEach
                let first = Int(packed(at: bit) & wordMask)
                guard first < words.count else { continue }
                // A middle order keeps its back-off weight before its probability.
                let bin = packed(at: bit + wordBits + (hasBackOff ? Self.quantBits : 0)) & 0xFFFF
                let value = float(at: bins + 4 * Int(bin))
                try body(Bigram(first: first, second: second, conditional: Double(value) * Self.bitsPerUnit))
            }
        }
    }

    /// At least 57 bits of the packed bi-grams, lowest first; the format pads its end by eight bytes.
    private func packed(at bit: Int) -> UInt64 {
        bytes.withUnsafeBytes { buffer in
            UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: bigrams + bit / 8, as: UInt64.self))
                >> UInt64(bit % 8)
        }
    }

    private func float(at offset: Int) -> Float {
        bytes.withUnsafeBytes { buffer in
            Float(
                bitPattern: UInt32(
                    littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
    }

    /// How many bits a number up to `value` takes.
    private static func bits(for value: Int) -> Int { Int.bitWidth - value.leadingZeroBitCount }
}

/// A place in a file's bytes that never runs past their end.
private struct ByteCursor {
    private let bytes: [UInt8]
    private let path: String
    private(set) var position = 0

    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        let start = position
        try skip(count)
        return bytes[start..<position]
    }

    mutating func skip(_ count: Int) throws {
        guard count >= 0, count <= bytes.count - position else { throw bad("cut short") }
        position += count
    }

    mutating func uint32() throws -> UInt32 {
        try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    func bad(_ what: String) -> QueryBankError {
        QueryBankError(
            .badFormat, "\(path): \(what), so no language model that can be read; fetch the sources again")
    }
}
