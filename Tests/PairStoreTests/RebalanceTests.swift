import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

/// A rebalanced store, once what was missing is fetched, is the store of a crawl under the new rules.
@Suite struct RebalanceTests {
    private struct World {
        let fixture: StoreFixture
        let pairs: [NewPair]

        /// A crawl asks the rule before it fetches: what is refused by then is in the log alone.
        init(seed: UInt64) throws {
            var generator = SeededGenerator(seed: seed)
            fixture = try StoreFixture(queries: 9, perQuery: 3, maxShardBytes: 20_000)
            pairs = StoreFixture.randomPairs(250, queries: 9, using: &generator)
            try World.crawl(pairs, fixture.path, fixture.configuration, fixture.list)
        }

        static func crawl(
            _ pairs: [NewPair], _ path: String, _ configuration: StoreConfiguration, _ list: QueryList
        ) throws {
            let writer = try StoreFixture.writer(path, configuration: configuration, list: list)
            for (index, pair) in pairs.enumerated() {
                let priority = writer.priority(imageURL: pair.imageURL, text: pair.text)
                var candidate = StoreFixture.candidate(pair)
                candidate.u = priority.u
                try writer.logCandidate(candidate)
                if writer.mayClaim(priority, queries: pair.queries) { try writer.append(pair) }
                if index % 13 == 0 { try writer.commit() }
            }
            try writer.commit()
            try writer.close()
        }

        /// What the wanted candidates bring when they are fetched.
        func fetched(_ wanted: [Candidate]) -> [NewPair] {
            let named = Set(wanted.map { [$0.imageURL, $0.text] })
            return pairs.filter { named.contains([$0.imageURL, $0.text]) }.map { pair in
                var pair = pair
                pair.queries = wanted.first { $0.text == pair.text }?.queries ?? []
                return pair
            }
        }
    }

    @Test(arguments: [(7 as Int?, nil as UInt64?), (2, nil), (nil, 99), (6, 1234)], 0..<2)
    func anotherCapOrSeedIsAnswered(change: (perQuery: Int?, seed: UInt64?), seed: UInt64) throws {
        let world = try World(seed: seed)
        let target = world.fixture.folder.file("target")
        var wanted: [Candidate] = []
        let report = try StoreRebalancer.rebalance(
            world.fixture.path, into: target, perQuery: change.perQuery, seed: change.seed
        ) { wanted += $0 }
        #expect(report.isComplete && report.candidates == world.pairs.count && report.wanted == wanted.count)
        // What a list said of a candidate is in the log too.
        for candidate in wanted {
            let pair = world.pairs.first { $0.imageURL == candidate.imageURL && $0.text == candidate.text }
            #expect(pair != nil && candidate.extra == pair?.extra)
        }
        if change.seed == nil, change.perQuery == 2 { #expect(wanted.isEmpty, "a smaller cap needs nothing") }
        var configuration = world.fixture.configuration
        configuration.perQuery = change.perQuery ?? configuration.perQuery
        configuration.seed = change.seed ?? configuration.seed
        #expect(Set(wanted.map { [$0.imageURL, $0.text] }).count == wanted.count)
        try World.crawl(world.fetched(wanted), target, configuration, world.fixture.list)
        #expect(try Oracle(store: target) == Oracle(world.pairs, configuration))
        #expect(try StoreVerifier.verify(target).isClean)
        // Again: nothing new is offered or wanted.
        var more: [Candidate] = []
        try StoreRebalancer.rebalance(
            world.fixture.path, into: target, perQuery: change.perQuery, seed: change.seed
        ) { more += $0 }
        #expect(more.isEmpty)
    }

    @Test func anotherListIsAnsweredForWhatMatchedBefore() throws {
        let folder = try TemporaryFolder("rebalance")
        let words = ["red", "fox", "snow", "tree", "lake", "bird"]
        let (old, new) = (QueryList(texts: Array(words.prefix(4))), QueryList(texts: Array(words.suffix(4))))
        let bank = (old: QueryBank(old), new: QueryBank(new))
        var configuration = StoreConfiguration(
            listSHA256: old.sha256, queryCount: old.count, seed: 1, perQuery: 8, ruleVersions: ["test": 1])
        var generator = SeededGenerator(seed: 3)
        let pairs = (0..<200).map { index in
            let text = (0..<3).map { _ in words.randomElement(using: &generator) ?? "" }.joined(
                separator: " ")
            var pair = StoreFixture.pair(url: index, image: index, text: text, queries: [])
            pair.queries = bank.old.match(text)
            return pair
        }.filter { !$0.queries.isEmpty }
        let (source, target) = (folder.file("source"), folder.file("target"))
        try World.crawl(pairs, source, configuration, old)
        var wanted: [Candidate] = []
        try StoreRebalancer.rebalance(source, into: target, list: new) { wanted += $0 }
        (configuration.listSHA256, configuration.queryCount) = (new.sha256, new.count)
        let renewed = pairs.map { pair in
            var pair = pair
            pair.queries = bank.new.match(pair.text)
            return pair
        }.filter { !$0.queries.isEmpty }
        let names = Set(wanted.map { [$0.imageURL, $0.text] })
        try World.crawl(
            renewed.filter { names.contains([$0.imageURL, $0.text]) }, target, configuration, new)
        #expect(try Oracle(store: target) == Oracle(renewed, configuration))
        #expect(try StoreVerifier.verify(target).isClean)
    }

    @Test func whatWasRemovedIsNotOffered() throws {
        let world = try World(seed: 5)
        let victim = try #require(try StoreReader.open(world.fixture.path).pairs(limit: 50).last)
        try StoreMaintenance.remove(world.fixture.path, [Removal(.url, victim.url)])
        let target = world.fixture.folder.file("target")
        var wanted: [Candidate] = []
        try StoreRebalancer.rebalance(world.fixture.path, into: target, perQuery: 50) { wanted += $0 }
        #expect(!wanted.contains { $0.imageURL == victim.url })
        let left = try StoreReader.open(target).pairs(limit: .max)
        #expect(!left.isEmpty && !left.contains { $0.url == victim.url })
    }
}
