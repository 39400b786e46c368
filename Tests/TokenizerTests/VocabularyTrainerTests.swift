import Foundation
import TestSupport
import Testing

@testable import Tokenizer

struct VocabularyTrainerTests {
    /// Algorithm 1 as it is printed: count all pairs of all words anew for every merge.
    private func reference(_ captions: [String], count: Int) -> [[String]] {
        let alphabet = ByteAlphabet()
        var words: [[String]: Int] = [:]
        for word in captions.flatMap({ $0.split(separator: " ") }) {
            var symbols = word.utf8.map { alphabet.symbols[Int(alphabet.ranks[Int($0)])] }
            symbols[symbols.count - 1] += "</w>"
            words[symbols, default: 0] += 1
        }
        var merges: [[String]] = []
        var known = Set(words.keys.joined())
        while merges.count < count {
            var pairs: [[String]: Int] = [:]
            for (symbols, frequency) in words {
                for pair in zip(symbols, symbols.dropFirst()) {
                    pairs[[pair.0, pair.1], default: 0] += frequency
                }
            }
            let allowed = pairs.filter { !known.contains($0.key.joined()) && $0.value >= 2 }
            let best = allowed.min { a, b in
                a.value != b.value ? a.value > b.value : a.key.lexicographicallyPrecedes(b.key)
            }
            guard let best else { break }
            merges.append(best.key)
            known.insert(best.key.joined())
            var merged: [[String]: Int] = [:]
            for (symbols, frequency) in words {
                var result: [String] = []
                for symbol in symbols {
                    if symbol == best.key[1], result.last == best.key[0] {
                        result[result.count - 1] += symbol
                    } else {
                        result.append(symbol)
                    }
                }
                merged[result, default: 0] += frequency
            }
            words = merged
        }
        return merges
    }

    private func captions(_ count: Int, seed: UInt64) -> [String] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                String(
                    (0..<Int.random(in: 1...7, using: &generator)).map { _ in
                        "abcd".randomElement(using: &generator) ?? "a"
                    })
            }.joined(separator: " ")
        }
    }

    private func learn(_ captions: [String], count: Int) throws -> [[String]] {
        var trainer = VocabularyTrainer()
        captions.forEach { trainer.add($0) }
        let lines = try trainer.mergesFile(count: count).split(separator: "\n").dropFirst()
        return lines.map { $0.split(separator: " ").map(String.init) }
    }

    @Test("Merges equal the algorithm as it is printed", arguments: [1, 2, 3] as [UInt64])
    func merges(seed: UInt64) throws {
        let captions = captions(200, seed: seed)
        #expect(try learn(captions, count: 120) == reference(captions, count: 120))
    }

    @Test("The order of captions does not matter")
    func order() throws {
        let captions = captions(300, seed: 4)
        #expect(try learn(captions, count: 80) == learn(captions.reversed(), count: 80))
    }

    @Test("The tokenizer reads what was learnt: frequent words are one id, the special ids follow the merges")
    func reading() throws {
        let folder = try TemporaryFolder("vocabulary")
        var trainer = VocabularyTrainer()
        for caption in ["A blue Bird.", "the blue sky", "a bird &amp; the sky", "café"] {
            for _ in 0..<3 { trainer.add(caption) }
        }
        #expect(trainer.captions == 12)
        let text = try trainer.mergesFile(count: 1000)
        let path = try folder.write("merges.txt", Array(text.utf8))
        let tokenizer = try CLIPTokenizer(merges: path)
        let merges = text.split(separator: "\n").count - 1
        #expect(tokenizer.size == 514 + merges && tokenizer.startID == Int32(512 + merges))
        for word in ["blue", "bird", "sky", "the", "café"] {
            let ids = tokenizer.encode(word)
            #expect(ids.count == 1 && tokenizer.endsWord(ids[0]), "\(word)")
        }
        #expect(tokenizer.encode("<|endoftext|>").allSatisfy { $0 < tokenizer.startID })
        let row = withUnsafeTemporaryAllocation(of: Int32.self, capacity: 6) { row in
            _ = tokenizer.row("blue bird", contextLength: 6, into: row)
            return Array(row)
        }
        #expect(row.first == tokenizer.startID && row[3] == tokenizer.endID && row[4] == 0)
    }

    @Test("Nothing to learn is an error")
    func nothing() {
        #expect(throws: TokenizerError.self) { try VocabularyTrainer().mergesFile(count: 10) }
    }
}
