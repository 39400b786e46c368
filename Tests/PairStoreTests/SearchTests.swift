import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

/// Full-text search beside a scan of the texts.
@Suite struct SearchTests {
    private static let words = ["red", "fox", "snow", "Mountain", "café", "über", "42", "fuchs"]

    private func filled(_ count: Int, into fixture: StoreFixture, from start: Int = 0) throws {
        var generator = SeededGenerator(seed: UInt64(start))
        let writer = try fixture.open()
        for index in start..<(start + count) {
            let text = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                Self.words.randomElement(using: &generator) ?? ""
            }.joined(separator: " ")
            try writer.append(
                StoreFixture.pair(
                    url: index, image: index, text: text + " \(index)", queries: [QueryID(index % 8)]))
        }
        try writer.commit()
        try writer.close()
    }

    private func plain(_ text: String) -> [String] {
        text.folding(options: [.diacriticInsensitive, .caseInsensitive], locale: nil).split(separator: " ")
            .map(
                String.init)
    }

    private func check(_ fixture: StoreFixture) throws {
        let reader = try StoreReader.open(fixture.path)
        let all = try reader.pairs(limit: .max)
        let searches: [(words: String, holds: ([String]) -> Bool)] = [
            ("fox", { $0.contains("fox") }),
            ("FOX cafe", { $0.contains("fox") && $0.contains("cafe") }),
            ("\"red fox\"", { words in zip(words, words.dropFirst()).contains { $0 == ("red", "fox") } }),
            ("f* snow", { words in words.contains { $0.hasPrefix("f") } && words.contains("snow") }),
            ("fox OR snow", { words in words.contains("or") }),
            ("nothing", { _ in false }),
        ]
        for (words, holds) in searches {
            let expected = all.filter { holds(plain($0.text)) }
            #expect(try reader.pairs(PairFilter(search: words), limit: .max) == expected, "\(words)")
            var paged: [PairRecord] = []
            while case let page = try reader.pairs(PairFilter(search: words), after: paged.last?.id, limit: 3),
                !page.isEmpty
            {
                paged += page
            }
            #expect(paged == expected, "\(words), paged")
            let ofHost = try reader.pairs(PairFilter(host: "host2.example", search: words), limit: .max)
            #expect(ofHost == expected.filter { $0.url.hasPrefix("https://host2.example/") })
        }
    }

    @Test func aSearchFindsWhatAScanFinds() throws {
        let fixture = try StoreFixture(queries: 8, perQuery: 200)
        try filled(700, into: fixture)
        try check(fixture)
        try filled(300, into: fixture, from: 700)
        try check(fixture)
        let index = fixture.path + "/search.sqlite"
        #expect(FileManager.default.fileExists(atPath: index))
        let fox = try #require(try StoreReader.open(fixture.path).pairs(PairFilter(search: "fox")).first)
        try StoreMaintenance.remove(fixture.path, [Removal(.key, fox.key)])
        #expect(!FileManager.default.fileExists(atPath: index), "it held words of what was removed")
        try check(fixture)
    }

    @Test func odditiesOfSyntaxAreWords() throws {
        let fixture = try StoreFixture(queries: 8, perQuery: 200)
        try filled(40, into: fixture)
        let reader = try StoreReader.open(fixture.path)
        for words in ["\"", "*", "(", "fox)", "text:fox", "fox NOT", "\"fox", "^fox", "-", "' OR 1=1 --", ""]
        {
            _ = try reader.pairs(PairFilter(search: words))
        }
        #expect(try reader.pairs(PairFilter(search: "42")).allSatisfy { $0.text.contains("42") })
    }
}
