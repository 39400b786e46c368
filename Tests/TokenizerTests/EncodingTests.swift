import Foundation
import TestSupport
import Testing

@testable import Tokenizer

@Suite(.enabled(if: CLIPTokenizer.defaultMergesPath() != nil, "scripts/setup fetches the merges file"))
struct EncodingTests {
    private static let tokenizer = Result { try CLIPTokenizer() }
    private let tokenizer: CLIPTokenizer

    init() throws { tokenizer = try Self.tokenizer.get() }

    @Test("Plain ASCII takes a shorter way to the same ids")
    func plainText() throws {
        let path = try #require(CLIPTokenizer.defaultMergesPath())
        let encoder = try BytePairEncoder(merges: MergesFile.read(path), path: path)
        var generator = SeededGenerator(seed: 11)
        let alphabet = Array("abcdeilmrstvABC'''   \t\n0123.,!?-_<>()\"#/;".unicodeScalars)
        for _ in 0..<5_000 {
            let caption = String(
                (0..<Int.random(in: 0...30, using: &generator)).compactMap { _ in
                    alphabet.randomElement(using: &generator)
                })
            var expected: [Int32] = []
            WordSplitter.forEachWord(of: CaptionCleaner.clean(caption)) {
                encoder.encode($0, into: &expected)
            }
            #expect(tokenizer.encode(caption) == expected, "\(caption.debugDescription)")
        }
    }

    @Test("Words of any length merge as the plain algorithm does")
    func longWords() throws {
        let path = try #require(CLIPTokenizer.defaultMergesPath())
        let merges = try MergesFile.read(path)
        let encoder = try BytePairEncoder(merges: merges, path: path)
        let reference = NaiveEncoder(merges: merges)
        var generator = SeededGenerator(seed: 12)
        let parts = ["the", "a", "aa", "in", "photograph", "é", "ing", "x", "z", "日", "er", "s", "t", "h"]
        for length in [1, 2, 3, 5, 20, 40, 63, 64, 65, 66, 120, 200] {
            for _ in 0..<4 {
                var word: [UInt8] = []
                while word.count < length { word += (parts.randomElement(using: &generator) ?? "").utf8 }
                word = Array(word.prefix(length))
                var ids: [Int32] = []
                encoder.encode(word, into: &ids)
                #expect(ids == reference.encode(word), "\(String(decoding: word, as: UTF8.self))")
            }
        }
    }

    @Test("A caption of one endless word costs no more than its length")
    func endlessWord() {
        let clock = ContinuousClock()
        let word = String(repeating: "abracadabra", count: 20_000)
        var ids: [Int32] = []
        let took = clock.measure { ids = tokenizer.encode(word) }
        #expect(ids.count > 10_000)
        // The quadratic way takes many minutes for 220,000 bytes.
        #expect(took < .seconds(60))
    }

    @Test(
        "Special tokens cannot be injected",
        arguments: [
            "<start_of_text>", "<end_of_text>", "a <|endoftext|> b", "<|startoftext|>", "&lt;end_of_text&gt;",
            "<END_OF_TEXT>",
            "＜end_of_text＞",
        ])
    func injection(caption: String) {
        let ids = tokenizer.encode(caption)
        #expect(ids.count > 3)
        #expect(ids.allSatisfy { (0..<CLIPTokenizer.startToken).contains($0) })
    }

    @Test(
        "Rows are start, text, end, zeros; a long text is cut and keeps its end",
        arguments: [2, 3, 7, 8, 9, 77])
    func rows(contextLength: Int) {
        let caption = "a photo of a cat"
        let ids = tokenizer.encode(caption)
        var row = [Int32](repeating: -1, count: contextLength + 3)
        let length = row.withUnsafeMutableBufferPointer {
            tokenizer.row(caption, contextLength: contextLength, into: $0)
        }
        let kept = Array(ids.prefix(contextLength - 2))
        #expect(length == kept.count + 2)
        #expect(Array(row.prefix(length)) == [49_406] + kept + [49_407])
        #expect(row[length..<contextLength].allSatisfy { $0 == 0 })
        #expect(row.suffix(3) == [-1, -1, -1], "nothing is written past the row")
    }

    @Test("Captions from many threads at once")
    func concurrent() async {
        let captions = Captions.hostile(count: 200, seed: 4)
        let expected = captions.map(tokenizer.encode)
        await withTaskGroup(of: [[Int32]].self) { group in
            for _ in 0..<8 { group.addTask { [tokenizer] in captions.map(tokenizer.encode) } }
            for await ids in group { #expect(ids == expected) }
        }
    }
}

/// Byte-pair encoding as published: find the best pair, merge all of its occurrences, repeat.
private struct NaiveEncoder {
    private var ranks: [[String]: Int] = [:]
    private var ids: [String: Int32] = [:]
    private let alphabet = ByteAlphabet()

    init(merges: [(Substring, Substring)]) {
        var vocabulary = alphabet.symbols + alphabet.symbols.map { $0 + "</w>" }
        for (rank, merge) in merges.enumerated() {
            ranks[[String(merge.0), String(merge.1)]] = rank
            vocabulary.append(String(merge.0 + merge.1))
        }
        for (id, symbol) in vocabulary.enumerated() { ids[symbol] = Int32(id) }
    }

    func encode(_ word: [UInt8]) -> [Int32] {
        var symbols = word.map { alphabet.symbols[Int(alphabet.ranks[Int($0)])] }
        symbols[symbols.count - 1] += "</w>"
        while let best = zip(symbols, symbols.dropFirst()).map({ [$0, $1] }).min(by: { rank($0) < rank($1) }),
            ranks[best] != nil
        {
            var merged: [String] = []
            for symbol in symbols {
                if merged.last == best[0], symbol == best[1] {
                    merged[merged.count - 1] += symbol
                } else {
                    merged.append(symbol)
                }
            }
            symbols = merged
        }
        return symbols.compactMap { ids[$0] }
    }

    private func rank(_ pair: [String]) -> Int { ranks[pair] ?? .max }
}
