import Foundation
import TestSupport
import Testing

@testable import QueryBank

@Suite struct ListComposerTests {
    private func candidates(_ texts: [String]) -> [Candidate] {
        texts.enumerated().map { Candidate(text: $1, score: Double($0)) }
    }

    @Test func aTextBelongsToTheFirstSourceThatOffersIt() {
        var composer = ListComposer(target: 10)
        composer.add(candidates(["Cat", "cat", "dog", "!"]), from: .word) { EntryRules.common($1) }
        composer.add(candidates(["dög", "red-fox", "bird"]), from: .wordnet, limit: 1) {
            EntryRules.common($1)
        }
        let list = composer.finish()
        #expect(list.entries.map(\.text) == ["cat", "dog", "red fox"])
        #expect(list.entries.map(\.source) == [.word, .word, .wordnet])
        #expect(list.entries.map(\.score) == [0, 2, 1])
        #expect(list.tallies[.word] == .init(offered: 4, kept: 2, dropped: ["duplicate": 1, "empty": 1]))
        #expect(list.tallies[.wordnet] == .init(offered: 3, kept: 1, dropped: ["duplicate": 1, "limit": 1]))
    }

    @Test func theTargetIsNeverPassed() {
        var composer = ListComposer(target: 3)
        composer.add(candidates(["a1", "b1", "c1", "d1"]), from: .word) { _, _ in nil }
        composer.add(candidates(["e1"]), from: .title) { _, _ in nil }
        #expect(composer.finish().entries.map(\.text) == ["a1", "b1", "c1"])
    }

    @Test func rowsAreInTheOrderOfTheirBytes() {
        var composer = ListComposer(target: 100)
        let texts = ["ab", "a b", "a'b", "東京", "zebra", "élan", "a", "abc"]
        composer.add(candidates(texts), from: .word) { _, _ in nil }
        let rows = composer.finish().entries.map(\.text)
        #expect(
            rows
                == texts.map { TextNormaliser().normalise($0) }.sorted {
                    Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8))
                })
    }

    @Test func aWrittenListLoadsAsItIs() throws {
        let folder = try TemporaryFolder()
        let list = BuiltList(
            entries: [
                .init(text: "cat", source: .word, score: 12_345),
                .init(text: "red fox", source: .bigram, score: 5.126),
                .init(text: "zoo", source: .wordnet, score: -0.5),
            ], tallies: [.word: .init(offered: 2, kept: 1, dropped: ["noise": 1])])
        #expect(
            String(decoding: list.tsv, as: UTF8.self)
                == "cat\twiki_word\t12345\nred fox\tbigram_pmi\t5.13\nzoo\twordnet\t-0.50\n")
        for name in ["list.tsv", "list.tsv.gz"] {
            let manifest = try list.write(to: folder.file(name), command: "wit queries build")
            let loaded = try QueryList(contentsOf: folder.file(name))
            #expect(loaded.sha256 == manifest.sha256)
            #expect((0..<3).map { loaded.text(of: $0) } == ["cat", "red fox", "zoo"])
            #expect(loaded.report == QueryList.Report())
            #expect(manifest.bytes == list.tsv.count && manifest.entries == 3 && manifest.file == name)
        }
        // No time and no name in the header: equal lists, equal files.
        let first = FileManager.default.contents(atPath: folder.file("list.tsv.gz"))
        _ = try list.write(to: folder.file("again.gz"), command: "")
        #expect(FileManager.default.contents(atPath: folder.file("again.gz")) == first)
        #expect(throws: QueryBankError.self) { try list.write(to: folder.file("none/list.tsv"), command: "") }
        #expect(throws: QueryBankError.self) {
            try list.write(to: folder.file("none/list.tsv.gz"), command: "")
        }
    }
}
