import Foundation
import TestSupport
import Testing

@testable import QueryBank

/// Writes models of pairs and triples in the binary format, bit by bit, as pocketsphinx does.
struct SmallModel {
    let words: [String]
    /// Logarithms to the base 1.0001.
    let probabilities: [Float]
    /// Under each second word: the first words and the logarithms of P(second | first).
    let bigrams: [[(first: Int, conditional: Float)]]
    /// `nil` makes the pairs the last order, which has no back-off weights.
    var trigrams: Int? = 100

    private static func bits(_ value: Int) -> Int { Int.bitWidth - value.leadingZeroBitCount }

    var bytes: [UInt8] {
        let entries = bigrams.flatMap { $0 }
        var bytes = Array("Trie Language Model".utf8) + [trigrams == nil ? 2 : 3]
        for count in [words.count, entries.count] + (trigrams.map { [$0] } ?? []) + [1] {
            append(UInt32(count), to: &bytes)
        }
        // Every pair has a bin of its own.
        let table = (0..<65_536).map { $0 < entries.count ? entries[$0].conditional : 0 }
        let zeros = [Float](repeating: 0, count: 65_536)
        for value in trigrams == nil ? table : table + zeros + zeros { append(value.bitPattern, to: &bytes) }
        var next = 0
        for index in 0...words.count {
            append((index < words.count ? probabilities[index] : 0).bitPattern, to: &bytes)
            append(0, to: &bytes)
            append(UInt32(next), to: &bytes)
            if index < words.count { next += bigrams[index].count }
        }
        let wordBits = Self.bits(words.count)
        var packed: [Bool] = []
        for (bin, entry) in entries.enumerated() {
            push(entry.first, wordBits, to: &packed)
            if trigrams != nil { push(0xABCD, 16, to: &packed) }
            push(bin, 16, to: &packed)
            if let trigrams { push(trigrams / 2, Self.bits(trigrams), to: &packed) }
        }
        let payload = trigrams.map { 32 + Self.bits($0) } ?? 16
        bytes += pack(packed, bytes: ((1 + entries.count) * (wordBits + payload) + 7) / 8 + 8)
        if let trigrams {
            bytes += [UInt8](repeating: 0, count: ((1 + trigrams) * (wordBits + 16) + 7) / 8 + 8)
        }
        let text: [UInt8] = words.flatMap { Array($0.utf8) + [0] }
        append(UInt32(text.count), to: &bytes)
        return bytes + text
    }

    private func append(_ value: UInt32, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private func push(_ value: Int, _ count: Int, to bits: inout [Bool]) {
        for bit in 0..<count { bits.append(value >> bit & 1 == 1) }
    }

    private func pack(_ bits: [Bool], bytes count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        for (index, bit) in bits.enumerated() where bit { bytes[index / 8] |= 1 << UInt8(index % 8) }
        return bytes
    }
}

@Suite struct TrieLanguageModelTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func random(_ wordCount: Int, trigrams: Int?, seed: UInt64) -> SmallModel {
        var generator = SeededGenerator(seed: seed)
        return SmallModel(
            words: (0..<wordCount).map { "w\($0)é" },
            probabilities: (0..<wordCount).map { _ in -Float(generator.below(200_000)) },
            bigrams: (0..<wordCount).map { _ in
                (0..<generator.below(6)).map { _ in
                    (generator.below(wordCount), -Float(generator.below(1_000_000)) / 8)
                }
            }, trigrams: trigrams)
    }

    @Test(arguments: [nil, 1, 1_000_000], [3, 64, 1_000])
    func pairsAndProbabilitiesComeBack(_ trigrams: Int?, _ wordCount: Int) throws {
        let written = random(
            wordCount, trigrams: trigrams.map { min($0, 200 * wordCount) }, seed: UInt64(wordCount))
        let model = try TrieLanguageModel(path: folder.write("lm.bin", written.bytes))
        #expect(model.words == written.words)
        let unit = log2(1.0001)
        for (read, probability) in zip(model.logProbability, written.probabilities) {
            #expect(abs(read - Double(probability) * unit) < 1e-9)
        }
        var read: [(Int, Int, Double)] = []
        model.forEachBigram { read.append(($0.first, $0.second, $0.conditional)) }
        let expected = written.bigrams.enumerated().flatMap { second, entries in
            entries.map { ($0.first, second, Double($0.conditional) * unit) }
        }
        #expect(read.count == expected.count)
        #expect(zip(read, expected).allSatisfy { $0 == $1 })
    }

    @Test func anotherFileOrACutOneIsRefused() throws {
        let whole = random(20, trigrams: 30, seed: 9).bytes
        for count in [0, 10, 19, 20, 31, 40, 1_000, 300_000, whole.count - 1] {
            let path = try folder.write("cut.bin", whole[..<count])
            #expect(throws: QueryBankError.self) { try TrieLanguageModel(path: path) }
        }
        #expect(throws: QueryBankError.self) {
            try TrieLanguageModel(path: folder.write("other.bin", Array("\\data\\\nngram 1=3\n".utf8)))
        }
    }

    @Test func aFlippedFileNeverTraps() throws {
        let whole = random(20, trigrams: 30, seed: 9).bytes
        var generator = SeededGenerator(seed: 2)
        let tables = 36..<36 + 3 * 4 * 65_536
        for _ in 0..<60 {
            var bytes = whole
            // A flip in the tables only changes a number, so it is aimed at everything else.
            var place = generator.below(whole.count - tables.count)
            if place >= tables.lowerBound { place += tables.count }
            bytes[place] ^= UInt8(1 << generator.below(8))
            if let model = try? TrieLanguageModel(path: folder.write("flipped.bin", bytes)) {
                model.forEachBigram { _ in }
            }
        }
    }
}
