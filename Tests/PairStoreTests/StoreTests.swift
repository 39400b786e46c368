import Digest
import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

@Suite struct StoreTests {
    @Test func anEmptyStoreOpensAndCloses() throws {
        let fixture = try StoreFixture()
        let writer = try fixture.open()
        let first = writer.uuid
        try writer.close()
        try writer.close()
        let again = try fixture.open()
        #expect(again.uuid == first)
        try again.close()
        let info = try StoreReader.open(fixture.path).info()
        #expect(info.pairs == 0 && info.shards == 0 && info.commit == 0)
        #expect(try StoreVerifier.verify(fixture.path).isClean)
    }

    @Test func aPairComesBackAsItWasGiven() throws {
        let fixture = try StoreFixture()
        let pair = StoreFixture.pair(url: 3, image: 12, text: "A cat, \"asleep\"", queries: [1, 5])
        let writer = try fixture.open()
        try writer.append(pair)
        #expect(writer.staged.pairs == 1)
        let report = try writer.commit(counters: ["live": ["pages": 4, "drop.too_small": 2]])
        #expect(report.kept == 1 && report.outcomes == [pair.key: .kept] && report.number == 1)
        #expect(try writer.imageBytes(sha256: SHA256Digest(of: pair.image)) == pair.image)
        try writer.close()

        let reader = try StoreReader.open(fixture.path)
        let record = try #require(try reader.pair(key: pair.key.hex))
        #expect(record.url == pair.imageURL && record.text == pair.text && record.pageURL == pair.pageURL)
        #expect(record.queries == [1, 5] && record.claims == [1, 5] && record.status == "live")
        #expect(record.fetchedAt == "2023-11-14T22:13:23.000Z" && record.shard == "000000.tar")
        #expect(record.licence == "CC-BY-4.0" && record.language == "en" && record.offset == 0)
        #expect(try reader.imageBytes(of: record) == pair.image)
        #expect(try reader.queryText(5) == "query 5" && reader.queryID("query 5") == 5)
        let info = try reader.info()
        #expect(info.pairs == 1 && info.images == 1 && info.bytes == pair.image.count && info.shards == 1)
        #expect(info.drops == ["too_small": 2] && info.queriesMatched == 2 && info.queriesAtCap == 0)
        let verified = try StoreVerifier.verify(fixture.path)
        #expect(verified.isClean && verified.pairs == 1 && verified.bytes == info.shardBytes)
    }

    /// The invariant: pairs and claims are a function of what was offered, whatever the order and the commits.
    @Test(arguments: 0..<8) func theSetIsTheOracles(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let fixture = try StoreFixture(queries: 12, perQuery: 2 + Int(seed % 4), maxShardBytes: 40_000)
        let pairs = StoreFixture.randomPairs(300, queries: 12, using: &generator)
        let oracle = Oracle(pairs, fixture.configuration)
        for order in 0..<2 {
            let path = fixture.folder.file("store\(order)")
            var writer = try StoreFixture.writer(
                path, configuration: fixture.configuration, list: fixture.list)
            for pair in pairs.shuffled(using: &generator) {
                try writer.append(pair)
                if Int.random(in: 0..<20, using: &generator) == 0 { try writer.commit() }
                if Int.random(in: 0..<60, using: &generator) == 0 {
                    try writer.commit()
                    try writer.close()
                    writer = try StoreFixture.writer(
                        path, configuration: fixture.configuration, list: fixture.list)
                }
            }
            try writer.commit()
            try writer.close()
            #expect(try Oracle(store: path) == oracle)
            let report = try StoreVerifier.verify(path)
            #expect(report.isClean, "\(report)")
        }
    }

    @Test func offeringAgainChangesNothing() throws {
        var generator = SeededGenerator(seed: 4)
        let fixture = try StoreFixture(queries: 5, perQuery: 3)
        let pairs = StoreFixture.randomPairs(80, queries: 5, using: &generator)
        let writer = try fixture.open()
        for pair in pairs { try writer.append(pair) }
        let first = try writer.commit()
        for pair in pairs { try writer.append(pair) }
        let second = try writer.commit()
        #expect(first.outcomes == second.outcomes && second.evicted == 0)
        try writer.close()
        #expect(try Oracle(store: fixture.path) == Oracle(pairs, fixture.configuration))
    }

    @Test func aSmallerMemberTakesItsGroupOver() throws {
        let fixture = try StoreFixture()
        let members = (0..<6).map { StoreFixture.pair(url: $0, image: 1, text: "same", queries: [2]) }
        let sorted = members.sorted {
            Priority(imageURL: $0.imageURL, text: $0.text, seed: 7)
                > Priority(imageURL: $1.imageURL, text: $1.text, seed: 7)
        }
        let writer = try fixture.open()
        for (index, pair) in sorted.enumerated() {
            try writer.append(pair)
            let report = try writer.commit()
            #expect(report.kept == 1 && report.superseded == (index == 0 ? 0 : 1))
        }
        try writer.append(StoreFixture.pair(url: 99, image: 1, text: "same", queries: [2]))
        let last = try writer.commit()
        #expect(last.merged + last.kept == 1)
        try writer.close()
        let reader = try StoreReader.open(fixture.path)
        let live = try reader.pairs()
        #expect(live.count == 1)
        let record = try #require(try reader.pair(id: live[0].id))
        #expect(record.alsoSeen?.count == 6)
        #expect(try reader.info().superseded == (last.kept == 1 ? 6 : 5))
    }
}
