import Foundation
import TestSupport
import Testing

@testable import QueryBank

@Suite struct PackageListBuilderTests {
    private let folder: TemporaryFolder

    /// Every source in its real format, a handful of rows each.
    init() throws {
        folder = try TemporaryFolder()
        for name in ["words", "wordnet", "bigrams", "titles/ent/n2/t", "titles/syn/n2/t", "taxa", "places"] {
            try FileManager.default.createDirectory(
                atPath: folder.file(name), withIntermediateDirectories: true)
        }
        try folder.write("sources.json", Self.pins.utf8)
        let words = [
            "the;900", "red;500", "tower;400", "bridge;400", "fox;300", "great;200", "tit;150", "lizard;150",
            "Zürich;120",
            "zurich;30", "grey;100", "wolf;100", ";7", "rare;99", "x;500", "http;800",
        ]
        try folder.write("words/word_frequencies.gz", words.joined(separator: "\n").utf8)
        try SmallWordNet.write(to: folder, under: "wordnet/")
        try folder.write("bigrams/en-us.lm.bin", Self.model)
        try folder.write(
            "titles/ent/n2/t/trie_to.py",
            "d = {'_': ['tower_bridge', 'tower_(fox)', 'great_wolf', 'rare_wolf', 'red_bridge']}".utf8)
        try folder.write(
            "titles/syn/n2/t/rev_to.py",
            "d = {'tb': 'tower_bridge', 'x': 'great_wolf', 'the_bridge': 'tower_bridge', 'tf': 'tower_(fox)', 'rw': 'rare_wolf'}"
                .utf8)
        try folder.write("taxa/en_wiki_title", "Great tit\nGrey wolf\nWolf (genus)\nRare wolf\n".utf8)
        try folder.write("taxa/common_name", "great tit\nred lizard\n".utf8)
        let places = [
            ("Zürich", 400_000), ("Great Bridge", 15_000), ("Little Bridge", 14_999), ("Xyz", 99_999),
            ("Abc", 100_000),
        ]
        let cities = places.enumerated().map {
            "\"\($0)\": {\"name\": \"\($1.0)\", \"population\": \($1.1), \"countrycode\": \"XX\"}"
        }
        try folder.write("places/cities15000.json", "{\(cities.joined(separator: ","))}".utf8)
    }

    private static let pins = """
        {"version": 1, "sources": [{"folder": "words", "registry": "PyPI", "package": "pywordfreq", "version": "0.4.2",
        "archive_sha256": "ab", "inside": "pywordfreq", "keep": ["x"], "entries": ["wiki_word"], "licence": "MIT",
        "attribution": "somebody", "home": "https://example.org"}]}
        """

    /// "grey wolf" keeps company; "red wolf" does not (its PMI is 0.5 bits); "the wolf" does, but for nothing.
    private static let model: [UInt8] = {
        let unit = log2(1.0001)
        func bits(_ value: Double) -> Float { Float(value / unit) }
        return SmallModel(
            words: ["the", "red", "grey", "wolf"],
            probabilities: [bits(-3), bits(-10), bits(-10), bits(-12)],
            bigrams: [[], [], [], [(0, bits(-2)), (1, bits(-11.5)), (2, bits(-4))]]
        ).bytes
    }()

    private func options(_ entries: Int) -> PackageListBuilder.Options {
        var options = PackageListBuilder.Options()
        options.entries = entries
        return options
    }

    @Test func everySourceGivesWhatItShould() throws {
        var steps: [String] = []
        let list = try PackageListBuilder(sources: folder.path, options: options(27)).build {
            steps.append($0.step)
        }
        let rows = Dictionary(
            uniqueKeysWithValues: list.entries.map { ($0.text, "\($0.source.rawValue) \($0.score)") })
        #expect(rows["the"] == "wiki_word 900.0")
        #expect(rows["zurich"] == "wiki_word 150.0")
        #expect(rows["rare"] == nil && rows["x"] == nil && rows["http"] == nil && rows["blowjob"] == nil)
        #expect(rows["vulpes vulpes"] == "wordnet 0.0")
        #expect(rows["bake"] == "wordnet 8.0")
        let pair = try #require(list.entries.first { $0.text == "grey wolf" })
        #expect(pair.source == .bigram && abs(pair.score - 8) < 0.001)
        #expect(rows["red wolf"] == nil && rows["the wolf"] == nil)
        #expect(rows["great bridge"] == "place_name 15000.0")
        #expect(rows["abc"] == "place_name 100000.0")
        #expect(rows["xyz"] == nil && rows["little bridge"] == nil)
        #expect(rows["great tit"] == "taxon_name 150.0")
        #expect(rows["red lizard"] == "taxon_name 150.0")
        #expect(rows["tower bridge"] == "wiki_title 2.0")
        #expect(rows["great wolf"] == "wiki_title 1.0")
        #expect(rows["red bridge"] == nil && rows["rare wolf"] == nil && rows["tower fox"] == nil)
        #expect(rows.count == 27)
        #expect(steps.count == 6)
        for (source, tally) in list.tallies {
            #expect(tally.offered == tally.kept + tally.dropped.values.reduce(0, +), "\(source)")
        }
    }

    @Test func theManifestSaysWhereItCameFrom() throws {
        let list = try PackageListBuilder(sources: folder.path, options: options(27)).build { _ in }
        let written = try list.write(to: folder.file("out.tsv.gz"), command: "wit queries build")
        try written.write(to: folder.file("manifest.json"))
        let read = try QueryListManifest(contentsOf: folder.file("manifest.json"))
        #expect(read == written)
        #expect(read.entries == read.sources.map(\.entries).reduce(0, +))
        #expect(read.sources.first?.packages.map(\.package) == ["pywordfreq"])
        #expect(read.synsets == .init(total: 9, missing: [["blowjob"]]))
        #expect(read.sha256 == (try QueryList(contentsOf: folder.file("out.tsv.gz")).sha256))
        #expect(throws: QueryBankError.self) {
            try QueryListManifest(contentsOf: folder.file("sources.json"))
        }
    }

    @Test func equalSourcesGiveEqualBytes() throws {
        let builder = PackageListBuilder(sources: folder.path, options: options(27))
        let first = try builder.build { _ in }.tsv
        for _ in 0..<3 { #expect(try builder.build { _ in }.tsv == first) }
    }

    @Test func tooFewCandidatesAreAnError() {
        let error = #expect(throws: QueryBankError.self) {
            try PackageListBuilder(sources: folder.path, options: options(1_000)).build { _ in }
        }
        #expect(error?.description.contains("27 entries of 1000") == true)
    }

    @Test(arguments: [
        "sources.json", "words/word_frequencies.gz", "wordnet/index.noun", "bigrams/en-us.lm.bin",
        "titles/syn",
        "taxa/common_name", "places/cities15000.json",
    ])
    func aMissingSourceIsNamed(_ name: String) throws {
        try FileManager.default.removeItem(atPath: folder.file(name))
        let error = #expect(throws: QueryBankError.self) {
            try PackageListBuilder(sources: folder.path, options: options(27)).build { _ in }
        }
        #expect(error?.description.contains(name) == true)
    }

    @Test(arguments: [
        "sources.json", "words/word_frequencies.gz", "wordnet/data.noun", "wordnet/index.sense",
        "bigrams/en-us.lm.bin",
        "titles/ent/n2/t/trie_to.py", "places/cities15000.json",
    ])
    func aDamagedSourceIsNamed(_ name: String) throws {
        try folder.write(name, "what is this\n".utf8)
        let error = #expect(throws: QueryBankError.self) {
            try PackageListBuilder(sources: folder.path, options: options(27)).build { _ in }
        }
        #expect(error?.description.contains(name) == true)
    }
}
