import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

/// A union of stores is the store of all their candidates: checked against an oracle that sorts everything at once.
@Suite struct MergeTests {
    /// Pairs dealt to some stores, each with many that the others have too.
    private struct Parts {
        let fixture: StoreFixture
        let pairs: [NewPair]
        let parts: [[NewPair]]

        init(seed: UInt64, stores: Int = 3, count: Int = 150) throws {
            var generator = SeededGenerator(seed: seed)
            fixture = try StoreFixture(queries: 9, perQuery: 4, maxShardBytes: 20_000)
            let pairs = StoreFixture.randomPairs(count, queries: 9, using: &generator)
            self.pairs = pairs
            parts = (0..<stores).map { _ in pairs.filter { _ in Int.random(in: 0..<5, using: &generator) < 2 }
            }
        }

        func path(_ name: String) -> String { fixture.folder.file(name) }

        func fill(_ index: Int) throws -> String {
            let path = path("part\(index)")
            let writer = try StoreFixture.writer(
                path, configuration: fixture.configuration, list: fixture.list)
            for (number, pair) in parts[index].enumerated() {
                try writer.append(pair)
                try writer.logCandidate(StoreFixture.candidate(pair))
                if number % 11 == 0 { try writer.commit(counters: ["crawl": ["drop.tiny": Int64(number)]]) }
            }
            try writer.commit()
            try writer.close()
            return path
        }
    }

    private func expectClean(_ path: String, _ note: Comment) throws {
        let report = try StoreVerifier.verify(path)
        #expect(report.isClean, "\(note): \(report)")
        let info = try StoreReader.open(path).info()
        #expect(try info.pairs == StoreReader.open(path).pairs(limit: .max).count, note)
    }

    @Test(arguments: 0..<3) func aUnionIsTheStoreOfAll(seed: UInt64) throws {
        let parts = try Parts(seed: seed)
        let stores = try parts.parts.indices.map(parts.fill)
        let expected = Oracle(parts.parts.flatMap(\.self), parts.fixture.configuration)
        let forward = parts.path("forward")
        let report = try StoreMerger.merge(stores, into: forward)
        #expect(report.isComplete && report.pairs > 0)
        #expect(try Oracle(store: forward) == expected)
        // In another order, in steps, into a store that holds pairs already, and again.
        let backward = parts.path("backward")
        try StoreMerger.merge(stores.reversed(), into: backward)
        #expect(try Oracle(store: backward) == expected)
        let stepwise = parts.path("stepwise")
        try StoreMerger.merge([stores[1], stores[2]], into: stepwise)
        try StoreMerger.merge([stores[0]], into: stepwise)
        #expect(try Oracle(store: stepwise) == expected)
        #expect(try StoreMerger.merge(stores + [forward], into: stepwise).kept == 0)
        #expect(try Oracle(store: stepwise) == expected)
        try StoreMerger.merge([stores[2], stores[0]], into: stores[1])
        #expect(try Oracle(store: stores[1]) == expected)
        for store in [forward, backward, stepwise, stores[1]] { try expectClean(store, "seed \(seed)") }
        #expect(try StoreReader.open(forward).info().drops == StoreReader.open(backward).info().drops)
    }

    @Test(arguments: 0..<4) func removalsAndGhostsUniteFirst(seed: UInt64) throws {
        let parts = try Parts(seed: 100 + seed)
        let stores = try parts.parts.indices.map(parts.fill)
        let victim = try #require(try StoreReader.open(stores[0]).pairs(limit: 100).last)
        try StoreMaintenance.remove(stores[0], [Removal(.url, victim.url)])
        try StoreMaintenance.remove(stores[1], [Removal(.host, "host1.example")])
        let unions = try [[0, 1, 2], [2, 1, 0], [1, 2, 0]].enumerated().map { index, order in
            let path = parts.path("union\(index)")
            try StoreMerger.merge(order.map { stores[$0] }, into: path)
            return path
        }
        let stepwise = parts.path("stepwise")
        try StoreMerger.merge([stores[0], stores[1]], into: stepwise)
        try StoreMerger.merge([stores[2]], into: stepwise)
        try StoreMerger.merge([unions[0]], into: stepwise)
        try StoreMerger.merge(stores, into: stepwise)
        let expected = try Oracle(store: unions[0])
        #expect(!expected.members.isEmpty)
        for store in unions + [stepwise] {
            #expect(try Oracle(store: store) == expected, "seed \(seed), \(store)")
            try expectClean(store, "seed \(seed)")
            let left = try StoreReader.open(store).pairs(limit: .max)
            #expect(left.allSatisfy { !$0.url.contains("host1.example") && $0.url != victim.url })
        }
        // What was removed anywhere stays out of the union.
        let writer = try StoreFixture.writer(
            stepwise, configuration: parts.fixture.configuration, list: parts.fixture.list)
        for pair in parts.pairs where pair.imageURL == victim.url { try writer.append(pair) }
        #expect(try writer.commit().kept == 0)
        try writer.close()
        // No more is claimed than a store of everything would claim, and nothing that it would not.
        let all = Oracle(parts.parts.flatMap(\.self), parts.fixture.configuration)
        for member in expected.members {
            #expect(all.members.contains { $0.sha256 == member.sha256 && $0.text == member.text })
        }
    }

    @Test func anInterruptedMergeGoesOn() throws {
        let parts = try Parts(seed: 7, stores: 2, count: 1500)
        let stores = try parts.parts.indices.map(parts.fill)
        let target = parts.path("target")
        var (runs, asked) = (0, 0)
        repeat {
            runs += 1
            asked = 0
            let report = try StoreMerger.merge(
                stores, into: target,
                shouldStop: {
                    asked += 1
                    return asked > runs
                })
            try expectClean(target, "run \(runs)")
            if report.isComplete { break }
        } while runs < 50
        #expect(runs > 1 && runs < 50)
        let expected = Oracle(parts.parts.flatMap(\.self), parts.fixture.configuration)
        #expect(try Oracle(store: target) == expected)
        var logged = 0
        try CandidateLog(store: target).forEach { _ in logged += 1 }
        #expect(logged == parts.parts.reduce(0) { $0 + $1.count })
    }

    @Test func storesOfOtherRulesAreRefused() throws {
        let parts = try Parts(seed: 8, stores: 1)
        let store = try parts.fill(0)
        var other = parts.fixture.configuration
        for change in 0..<3 {
            other = parts.fixture.configuration
            switch change {
            case 0: other.seed += 1
            case 1: other.perQuery += 1
            default: other.ruleVersions["priority"] = 99
            }
            let path = parts.path("other\(change)")
            try StoreFixture.writer(path, configuration: other, list: parts.fixture.list).close()
            let error = #expect(throws: StoreError.self) {
                try StoreMerger.merge([store, path], into: parts.path("union"))
            }
            #expect(error?.code == .otherConfiguration && error?.description.contains(path) == true)
            let second = #expect(throws: StoreError.self) { try StoreMerger.merge([store], into: path) }
            #expect(second?.code == .otherConfiguration)
        }
        #expect(!FileManager.default.fileExists(atPath: parts.path("union")))
    }
}
