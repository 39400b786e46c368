import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

/// Damage is named by pair and by nothing else; what can be opened opens.
@Suite struct DamageTests {
    private func filled() throws -> (StoreFixture, [PairRecord]) {
        let fixture = try StoreFixture(queries: 40, perQuery: 5, maxShardBytes: 30_000)
        let writer = try fixture.open()
        for index in 0..<40 {
            try writer.append(
                StoreFixture.pair(url: index, image: index, text: "text \(index)", queries: [QueryID(index)]))
            if index % 8 == 7 { try writer.commit() }
        }
        try writer.close()
        return (fixture, try StoreReader.open(fixture.path).pairs(limit: 100))
    }

    private func change(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        body(&bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test(arguments: 0..<12) func aFlippedBitNamesItsPairOnly(seed: UInt64) throws {
        let (fixture, records) = try filled()
        var generator = SeededGenerator(seed: seed)
        let shard =
            fixture.path + "/shards/" + (try #require(records.randomElement(using: &generator)?.shard))
        let inShard = records.filter { shard.hasSuffix($0.shard ?? "") }.sorted {
            ($0.offset ?? 0) < ($1.offset ?? 0)
        }
        var position = 0
        try change(shard) { bytes in
            position = Int.random(in: 0..<(bytes.count - 1024), using: &generator)
            bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        }
        let victim = inShard.last { ($0.offset ?? 0) <= Int64(position) }
        let report = try StoreVerifier.verify(fixture.path)
        #expect(report.damaged.map(\.key) == [victim?.key], "byte \(position): \(report.damaged)")
        #expect(report.shards.isEmpty && report.catalogue.isEmpty && report.pairs == records.count)
    }

    @Test func aCutShardNamesWhatIsGone() throws {
        let (fixture, records) = try filled()
        let last = try #require(
            records.filter { $0.shard == "000000.tar" }.max { ($0.offset ?? 0) < ($1.offset ?? 0) })
        try change(fixture.path + "/shards/000000.tar") {
            $0.removeLast($0.count - Int(last.offset ?? 0) - 600)
        }
        let report = try StoreVerifier.verify(fixture.path)
        #expect(report.damaged.map(\.key) == [last.key] && report.damaged[0].reason == "shard_cut")
        let error = #expect(throws: StoreError.self) { try fixture.open() }
        #expect(error?.code == .damaged && error?.description.contains("wit verify") == true)
    }

    @Test func aMissingShardNamesItsPairs() throws {
        let (fixture, records) = try filled()
        try FileManager.default.removeItem(atPath: fixture.path + "/shards/000001.tar")
        let report = try StoreVerifier.verify(fixture.path)
        let expected = records.filter { $0.shard == "000001.tar" }.map(\.key).sorted()
        #expect(report.damaged.map(\.key).sorted() == expected && !expected.isEmpty)
        #expect(report.damaged.allSatisfy { $0.reason == "shard_missing" })
    }

    @Test func bytesThatNobodyClaimsAreNamed() throws {
        let (fixture, _) = try filled()
        try change(fixture.path + "/shards/000000.tar") { $0 += [UInt8](repeating: 1, count: 512) }
        #expect(try StoreVerifier.verify(fixture.path).shards.map(\.reason) == ["trailing_bytes"])
        try Data("junk".utf8).write(to: URL(fileURLWithPath: fixture.path + "/shards/000777.tar"))
        try fixture.open().close()
        #expect(FileManager.default.fileExists(atPath: fixture.path + "/lost/000777.tar"))
    }

    @Test func aTornCatalogueIsSaidToBe() throws {
        let (fixture, _) = try filled()
        try change(fixture.path + "/catalogue.sqlite") { $0.removeLast($0.count / 3) }
        do {
            let report = try StoreVerifier.verify(fixture.path)
            #expect(!report.isClean)
        } catch let error as StoreError {
            #expect(error.code == .damaged || error.code == .catalogue)
            #expect(error.description.contains("catalogue"))
        }
        try FileManager.default.removeItem(atPath: fixture.path + "/catalogue.sqlite")
        let error = #expect(throws: StoreError.self) { try fixture.open() }
        #expect(error?.code == .damaged)
    }

    @Test func aSecondWriterIsTurnedAwayAtOnce() throws {
        let fixture = try StoreFixture()
        let first = try fixture.open()
        let error = #expect(throws: StoreError.self) { try fixture.open() }
        #expect(error?.code == .inUse && error?.description.contains("pid \(getpid())") == true)
        try first.close()
        try fixture.open().close()
    }

    /// Nothing depends on the clock: times that go backwards, or are absurd, are stored as they are.
    @Test func aClockGoingBackwardsChangesNothing() throws {
        let fixture = try StoreFixture()
        let writer = try fixture.open()
        var pairs: [NewPair] = []
        for (index, seconds) in [2e9, 1e9, -1e9, 0, 32_503_680_000].enumerated() {
            var pair = StoreFixture.pair(
                url: index, image: index, text: "t\(index)", queries: [QueryID(index)])
            pair.fetchedAt = Date(timeIntervalSince1970: seconds)
            pairs.append(pair)
            try writer.append(pair)
            try writer.commit()
        }
        try writer.close()
        #expect(try Oracle(store: fixture.path) == Oracle(pairs, fixture.configuration))
        let times = try StoreReader.open(fixture.path).pairs().map(\.fetchedAt)
        #expect(
            times == [
                "2033-05-18T03:33:20.000Z", "2001-09-09T01:46:40.000Z", "1938-04-24T22:13:20.000Z",
                "1970-01-01T00:00:00.000Z", "3000-01-01T00:00:00.000Z",
            ])
        #expect(try StoreVerifier.verify(fixture.path).isClean)
    }

    @Test func aFullStagingAsksForACommit() throws {
        let fixture = try StoreFixture()
        let writer = try fixture.open()
        var big = StoreFixture.pair(url: 1, image: 1, text: "big", queries: [1])
        big.image = [UInt8](repeating: 3, count: StoreWriter.Limits.stagedBytes)
        try writer.append(big)
        #expect(writer.needsCommit)
        let error = #expect(throws: StoreError.self) { try writer.append(big) }
        #expect(error?.code == .stagingFull)
        #expect(try writer.commit().kept == 1)
        try writer.close()
        let again = try fixture.open()
        for queries: [QueryID] in [[3, 2], [], [8]] {
            var pair = StoreFixture.pair(url: 1, image: 1, text: "x", queries: [1])
            pair.queries = queries
            #expect(throws: StoreError.self) { try again.append(pair) }
        }
        try again.close()
    }
}
