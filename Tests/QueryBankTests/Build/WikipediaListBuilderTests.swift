import Foundation
import TestSupport
import Testing

@testable import QueryBank

/// A made-up Wikipedia whose true counts are known, because its sentences are made before the markup is.
private struct SmallWikipedia {
    private(set) var streams: [[UInt8]] = [Array(DumpWriter.header.utf8)]
    private(set) var words: [String: Int] = [:]
    private(set) var pairs: [String: Int] = [:]
    private(set) var wordTotal = 0
    private(set) var pairTotal = 0
    private(set) var redirects: [String: Int] = [:]
    let titles = (0..<40).map {
        "Article \(["red", "grey", "brown"][$0 % 3]) \(["fox", "goose"][$0 % 2]) \($0)"
    }

    private static let vocabulary: [String] = {
        let known = "the of and red fox foxes goose keanu reeves house quickly ran baked zurich"
        let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
        return known.split(separator: " ").map(String.init)
            + (0..<60).map { "word" + letters[$0 % 26] + letters[$0 / 26] }
    }()

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for title in titles {
            let text = (0..<60).map { _ in sentence(&generator) }.joined(
                separator: [" ", "\n\n", " "][generator.below(3)])
            add(
                DumpWriter.page(
                    title: title, text: text + "\n[[Category:Hidden words]]\n{{stub|hidden words}}"))
            add(DumpWriter.page(title: "Talk:" + title, namespace: 1, text: "hidden hidden words"))
            for number in 0..<generator.below(6) {
                redirects[title, default: 0] += 1
                let target = number == 0 ? title + "#Section" : title
                add(
                    DumpWriter.page(
                        title: "R\(number) \(title)", redirect: target, text: "#REDIRECT [[\(target)]]"))
            }
        }
        streams.append(Array("</mediawiki>\n".utf8))
    }

    private mutating func add(_ page: String) { streams.append(Array(page.utf8)) }

    /// A sentence in markup; its words and pairs are counted as they were before.
    private mutating func sentence(_ generator: inout SeededGenerator) -> String {
        var sentence = (0..<2 + generator.below(12)).map { _ in
            Self.vocabulary[min(generator.below(74), generator.below(74))]
        }
        if generator.below(3) == 0 { sentence += ["keanu", "reeves"] }
        for word in sentence { words[word, default: 0] += 1 }
        for (first, second) in zip(sentence, sentence.dropFirst()) {
            pairs[first + " " + second, default: 0] += 1
        }
        wordTotal += sentence.count
        pairTotal += sentence.count - 1
        let marked = sentence.map { word in
            switch generator.below(9) {
            case 0: "'''\(word.uppercased())'''"
            case 1: "[[\(word)]]"
            case 2: "[[Hidden target|\(word)]]"
            case 3: "\(word)<ref name=\"hidden\">Hidden words</ref>"
            case 4: "<small>\(word)</small>"
            case 5 where word == "zurich": "Zürich"
            case 6: "\(word)<!-- hidden -->"
            default: word
            }
        }
        return marked.joined(separator: [" ", "&nbsp;"][generator.below(2)])
            + [".", ";", "!", ":", ")"][generator.below(5)]
    }

    /// What the list's pairs must be.
    func expectedPairs(_ options: WikipediaListBuilder.Options, rules: BigramRules) -> [String: Double] {
        var expected: [String: Double] = [:]
        for (pair, count) in pairs where count >= options.minPairCount {
            let parts = pair.split(separator: " ").map(String.init)
            let counts = parts.map { words[$0] ?? 0 }
            guard counts.allSatisfy({ $0 >= options.minWordCount }), rules.exclusion(of: pair) == nil else {
                continue
            }
            let chance = Double(counts[0]) * Double(counts[1]) / Double(wordTotal) / Double(wordTotal)
            let pmi = log2(Double(count) / Double(pairTotal) / chance)
            if pmi >= options.minPMI { expected[pair] = pmi }
        }
        return expected
    }
}

@Suite struct WikipediaListBuilderTests {
    private let folder: TemporaryFolder
    private let wordNet: TemporaryFolder
    private let wikipedia: SmallWikipedia
    private let dump: String

    init() throws {
        folder = try TemporaryFolder()
        wordNet = try SmallWordNet.write()
        wikipedia = SmallWikipedia(seed: 11)
        dump = try folder.write("dump.xml.bz2", Compressed.multistream(wikipedia.streams))
    }

    private func options(_ change: (inout WikipediaListBuilder.Options) -> Void = { _ in })
        -> WikipediaListBuilder.Options
    {
        var options = WikipediaListBuilder.Options()
        options.minWordCount = 100
        options.minPairCount = 5
        options.minPMI = 0.3
        options.temporaryFolder = folder.path
        change(&options)
        return options
    }

    private func build(_ options: WikipediaListBuilder.Options, views: [String] = []) throws -> BuiltList {
        try WikipediaListBuilder(dump: dump, pageviews: views, wordNet: wordNet.path, options: options).build
        { _ in }
    }

    private func scores(_ list: BuiltList, _ source: QuerySource) -> [String: Double] {
        let rows = list.entries.filter { $0.source == source }.map { ($0.text, $0.score) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    @Test func wordsAreCountedExactly() throws {
        let frequent = wikipedia.words.filter { $0.value >= 100 }
        let expected = frequent.filter { EntryRules.word($0.key, count: $0.value) == nil }.mapValues(
            Double.init)
        #expect(expected.count > 20 && expected.count < wikipedia.words.count)
        #expect(scores(try build(options()), .word) == expected)
    }

    @Test func pairsAreCountedExactly() throws {
        let options = options()
        let rules = BigramRules(lexicon: try WordNetLexicon(folder: wordNet.path))
        let expected = wikipedia.expectedPairs(options, rules: rules)
        #expect(expected.count > 20 && expected["keanu reeves"] != nil)
        let found = scores(try build(options), .bigram)
        #expect(Set(found.keys) == Set(expected.keys))
        for (pair, pmi) in expected { #expect(abs((found[pair] ?? 0) - pmi) < 1e-9, "\(pair)") }
        #expect(expected["fox quickly"] == nil)
    }

    @Test func memoryDoesNotChangeTheList() throws {
        let whole = try build(options()).tsv
        for keys in [20, 333] {
            #expect(try build(options { $0.keysInMemory = keys }).tsv == whole)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left == ["dump.xml.bz2"])
    }

    @Test func theMostFrequentPairsAreTaken() throws {
        let rules = BigramRules(lexicon: try WordNetLexicon(folder: wordNet.path))
        let expected = wikipedia.expectedPairs(options(), rules: rules).keys
            .sorted { (wikipedia.pairs[$1] ?? 0, $0) < (wikipedia.pairs[$0] ?? 0, $1) }.prefix(7)
        #expect(Set(scores(try build(options { $0.bigrams = 7 }), .bigram).keys) == Set(expected))
    }

    @Test func titlesGoByRedirectsWithoutViews() throws {
        // A title with digits falls to the rules, so they are counted before.
        let list = try build(options { $0.minRedirects = 3 })
        #expect(list.tallies[.title]?.offered == wikipedia.redirects.values.count { $0 >= 3 })
        #expect(list.tallies[.title]?.dropped == ["digits": list.tallies[.title]?.offered ?? 0])
    }

    @Test func titlesGoByViews() throws {
        let pages = ["Tower bridge", "Great (fox)", "Seen rarely", "Keanu Reeves"].map {
            DumpWriter.page(title: $0, text: "x")
        }
        let streams =
            wikipedia.streams.dropLast() + pages.map { Array($0.utf8) } + [Array("</mediawiki>".utf8)]
        let dump = try folder.write("more.xml.bz2", Compressed.multistream(Array(streams)))
        let views = [
            try folder.write("1", "en Tower_bridge 60 0\nen Great_(fox) 900 0\nen Nowhere 5000 0\n".utf8),
            try folder.write(
                "2",
                "en.wikipedia Tower_bridge 1 desktop 10 A10\nen Keanu_Reeves 70 0\nen Seen_rarely 69 0\n".utf8
            ),
        ]
        let list = try WikipediaListBuilder(
            dump: dump, pageviews: views, wordNet: wordNet.path, options: options()
        ).build { _ in }
        #expect(scores(list, .title) == ["tower bridge": 70])
        #expect(list.tallies[.title]?.dropped == ["disambiguation": 1, "duplicate": 1])
        // A pair already.
        #expect(scores(list, .bigram)["keanu reeves"] != nil)
    }

    @Test func wordNetGivesWhatIsNotThereYet() throws {
        let list = try build(options())
        #expect(Set(scores(list, .wordnet).keys).isSuperset(of: ["vulpes vulpes", "galore", "mug"]))
        #expect(scores(list, .wordnet)["fox"] == nil && scores(list, .word)["fox"] != nil)
        #expect(list.synsets == .init(total: 9, missing: [["blowjob"]]))
    }

    @Test func progressRuns() throws {
        var heard: [BuildProgress] = []
        _ = try WikipediaListBuilder(dump: dump, pageviews: [], wordNet: wordNet.path, options: options())
            .build {
                heard.append($0)
            }
        #expect(Set(heard.map(\.step)).isSuperset(of: ["words", "pairs of words"]))
        #expect(heard.allSatisfy { ($0.fraction ?? 0) >= 0 && ($0.fraction ?? 0) <= 1 })
        #expect(heard.contains { $0.fraction == 1 })
    }

    @Test func aMissingInputIsNamed() {
        for (dump, wordNet, name) in [
            ("none.xml", wordNet.path, "none.xml"), (dump, folder.path, "index.noun"),
        ] {
            let error = #expect(throws: QueryBankError.self) {
                try WikipediaListBuilder(dump: dump, pageviews: [], wordNet: wordNet, options: options())
                    .build { _ in }
            }
            #expect(error?.description.contains(name) == true)
        }
    }
}
