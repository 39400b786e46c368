import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

@Suite struct ViewTests {
    private static let perQuery = 6

    /// A store of random pairs, committed in steps; gives the pairs offered by each commit.
    private func filled(
        _ count: Int, seed: UInt64, change: (inout NewPair) -> Void = { _ in }
    ) throws -> (fixture: StoreFixture, pairs: [NewPair], offered: [Int64: Int]) {
        var generator = SeededGenerator(seed: seed)
        let fixture = try StoreFixture(queries: 7, perQuery: Self.perQuery)
        var pairs = StoreFixture.randomPairs(count, queries: 7, using: &generator)
        for index in pairs.indices { change(&pairs[index]) }
        let writer = try fixture.open()
        var offered: [Int64: Int] = [:]
        for (index, pair) in pairs.enumerated() {
            try writer.append(pair)
            if index % 29 == 28 { offered[try writer.commit().number] = index + 1 }
        }
        try writer.commit()
        try writer.close()
        return (fixture, pairs, offered)
    }

    private func members(_ snapshot: StoreSnapshot, _ reader: StoreReader) throws -> Set<[String]> {
        Set(
            try snapshot.shards.flatMap(\.samples).map {
                let record = try #require(try reader.pair(key: $0.key.hex))
                return [record.sha256, record.text]
            })
    }

    private func members(_ oracle: Oracle) -> Set<[String]> {
        Set(oracle.members.map { [$0.sha256, $0.text] })
    }

    private func configuration(_ fixture: StoreFixture, perQuery: Int) -> StoreConfiguration {
        var configuration = fixture.configuration
        configuration.perQuery = perQuery
        return configuration
    }

    /// The view of a smaller cap is the set that a run with that cap ends with, removed pairs holding their places,
    /// at the last commit and, for what was not removed since, at earlier ones.
    @Test(arguments: UInt64(1)...8) func aSmallerCapIsTheSmallerRun(seed: UInt64) throws {
        let (fixture, pairs, offered) = try filled(260, seed: seed)
        let reader = try StoreReader.open(fixture.path)
        for (commit, count) in offered {
            for perQuery in [1, 3] {
                let snapshot = try reader.snapshot(
                    commit: commit, view: StoreView(cap: .claims(perQuery: perQuery)))
                let oracle = Oracle(Array(pairs[..<count]), configuration(fixture, perQuery: perQuery))
                #expect(try members(snapshot, reader) == members(oracle))
            }
        }
        let victims = Set(try reader.pairs(limit: .max).filter { $0.id % 3 == 0 }.map(\.text))
        let rules = try victims.map { try Removal(.text, $0) }
        _ = try StoreMaintenance.remove(fixture.path, rules)
        for perQuery in 1...Self.perQuery {
            let view = StoreView(cap: .claims(perQuery: perQuery))
            let oracle = Oracle(pairs, configuration(fixture, perQuery: perQuery)) {
                victims.contains($0.text)
            }
            #expect(try members(reader.snapshot(view: view), reader) == members(oracle))
            let summary = try reader.summary(of: view)
            let whole = Oracle(pairs, configuration(fixture, perQuery: perQuery))
            #expect(summary.pairs == oracle.members.count)
            #expect(summary.distribution.summary.claims == whole.members.reduce(0) { $0 + $1.claims.count })
            #expect(summary.beyondCap == Int(try reader.info().pairs) - summary.pairs)
        }
    }

    @Test func theWholeSetsNumbersAgree() throws {
        let (fixture, _, _) = try filled(200, seed: 3)
        let reader = try StoreReader.open(fixture.path)
        let info = try reader.info()
        let scanned = try reader.summary(of: .all)
        #expect(scanned.pairs == info.pairs && scanned.beyondCap == 0 && scanned.duplicates == 0)
        #expect(try scanned.distribution.summary == reader.distribution().summary)
        #expect(scanned.distribution.summary.queriesAtCap == info.queriesAtCap)
    }

    /// Against the rule's own words: in ascending priority, keep what is far from all that is kept.
    @Test(arguments: [0, 3, 10]) func nearDuplicatesAreLeftOut(distance: Int) throws {
        let (fixture, _, _) = try filled(220, seed: 4) { pair in
            // A picture's bytes fix its hash.
            let image = UInt64(pair.width)
            pair.phash = (image / 9 &* 0x9E37_79B9_7F4A_7C15) ^ (1 << (image % 9)) &- 1
            pair.phashAlgorithm = image % 2 == 0 ? "a" : "b"
        }
        let reader = try StoreReader.open(fixture.path)
        let records = try reader.pairs(limit: .max).sorted { $0.priority < $1.priority }
        var kept: [PairRecord] = []
        for record in records {
            let hash = try #require(UInt64(record.phash ?? "", radix: 16))
            let isNear = kept.contains {
                $0.phashAlgorithm == record.phashAlgorithm
                    && ((UInt64($0.phash ?? "", radix: 16) ?? 0) ^ hash).nonzeroBitCount <= distance
            }
            if !isNear { kept.append(record) }
        }
        let view = StoreView(duplicateDistance: distance)
        let found = try reader.snapshot(view: view).shards.flatMap(\.samples).map(\.key.hex)
        #expect(Set(found) == Set(kept.map(\.key)))
        #expect(kept.count < records.count && kept.count > 10)
        #expect(try reader.summary(of: view).duplicates == records.count - kept.count)
    }

    /// Pictures whose header alone was read: only equal files are duplicates, and nothing pretends to a hash, also not in
    /// a catalogue that was made anew from the shards.
    @Test func withoutHashesOnlyEqualFilesAreDuplicates() throws {
        let (fixture, _, _) = try filled(220, seed: 4) { ($0.phash, $0.phashAlgorithm) = (0, "") }
        for isRebuilt in [false, true] {
            if isRebuilt {
                try FileManager.default.removeItem(atPath: fixture.path + "/catalogue.sqlite")
                _ = try StoreRepairer.repair(fixture.path, list: { fixture.list })
            }
            let reader = try StoreReader.open(fixture.path)
            let records = try reader.pairs(limit: .max)
            #expect(records.allSatisfy { $0.phash == nil && $0.phashAlgorithm == nil })
            let pictures = Set(records.map(\.sha256)).count
            let summary = try reader.summary(of: StoreView(duplicateDistance: 10))
            #expect(summary.pairs == pictures && summary.duplicates == records.count - pictures)
            #expect(pictures < records.count)
            #expect(try StoreVerifier(fixture.path).run().damaged.isEmpty)
        }
    }

    /// MetaCLIP's draws over the set, as its sampler gives them.
    @Test func drawsAreTheSamplers() throws {
        let (fixture, _, _) = try filled(260, seed: 6)
        let reader = try StoreReader.open(fixture.path)
        let records = try reader.pairs(limit: .max)
        var counts = [Int](repeating: 0, count: 7)
        for query in records.flatMap(\.queries) { counts[Int(query)] += 1 }
        let sampler = MetaCLIPSampler(matchCounts: counts, perQuery: 2, seed: 11)
        let expected = try records.filter {
            sampler.keeps(try #require(CandidateKey(hex: $0.key)), queries: $0.queries)
        }
        let view = StoreView(cap: .draws(perQuery: 2, seed: 11))
        let found = try reader.snapshot(view: view).shards.flatMap(\.samples).map(\.key.hex)
        #expect(Set(found) == Set(expected.map(\.key)))
        #expect(!found.isEmpty && found.count < records.count)
    }

    @Test func viewsThatNoStoreHasAreRefused() throws {
        let (fixture, _, _) = try filled(20, seed: 7)
        let reader = try StoreReader.open(fixture.path)
        for view in [
            StoreView(cap: .claims(perQuery: 0)), StoreView(cap: .claims(perQuery: Self.perQuery + 1)),
            StoreView(cap: .draws(perQuery: 0, seed: 1)), StoreView(duplicateDistance: -1),
            StoreView(duplicateDistance: StoreView.maxDuplicateDistance + 1),
        ] {
            #expect(throws: StoreError.self) { try reader.snapshot(view: view) }
        }
    }

    @Test func everyViewHasANameOfItsOwn() {
        let views: [StoreView] = [
            .all, StoreView(cap: .claims(perQuery: 2)), StoreView(cap: .draws(perQuery: 2, seed: 1)),
            StoreView(cap: .draws(perQuery: 2, seed: 2)), StoreView(duplicateDistance: 2),
            StoreView(cap: .claims(perQuery: 2), duplicateDistance: 2),
        ]
        #expect(Set(views.map(\.name)).count == views.count && StoreView.all.name.isEmpty)
    }
}
