import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

@Suite struct ReaderTests {
    private func filled(_ count: Int = 60, perQuery: Int = 4) throws -> (StoreFixture, [NewPair]) {
        var generator = SeededGenerator(seed: 21)
        let fixture = try StoreFixture(queries: 10, perQuery: perQuery)
        let pairs = StoreFixture.randomPairs(count, queries: 10, using: &generator)
        let writer = try fixture.open()
        for (index, pair) in pairs.enumerated() {
            try writer.append(pair)
            if index % 13 == 0 { try writer.commit() }
        }
        try writer.commit()
        try writer.close()
        return (fixture, pairs)
    }

    @Test func pagesJoinToTheWhole() throws {
        let (fixture, _) = try filled()
        let reader = try StoreReader.open(fixture.path)
        let all = try reader.pairs(limit: 1000)
        var paged: [PairRecord] = []
        while case let page = try reader.pairs(after: paged.last?.id, limit: 7), !page.isEmpty {
            paged += page
        }
        #expect(paged == all && all.count > 10)
    }

    @Test func filtersEqualAScan() throws {
        let (fixture, _) = try filled()
        let reader = try StoreReader.open(fixture.path)
        let all = try reader.pairs(limit: 1000)
        for query in QueryID(0)..<10 {
            #expect(
                try reader.pairs(PairFilter(query: query), limit: 1000)
                    == all.filter { $0.queries.contains(query) })
            #expect(
                try reader.pairs(PairFilter(query: query, onlyClaims: true), limit: 1000)
                    == all.filter { $0.claims.contains(query) })
            let counts = try reader.counts(of: query)
            #expect(counts.pairs == all.count { $0.queries.contains(query) })
            #expect(counts.claims == all.count { $0.claims.contains(query) })
        }
        #expect(
            try reader.pairs(PairFilter(host: "host3.example"), limit: 1000)
                == all.filter { $0.url.hasPrefix("https://host3.example/") })
        var paged: [PairRecord] = []
        while let page = Optional(
            try reader.pairs(PairFilter(host: "host3.example"), after: paged.last?.id, limit: 1)),
            !page.isEmpty
        { paged += page }
        #expect(paged == all.filter { $0.url.hasPrefix("https://host3.example/") } && paged.count > 2)
        let word = "TEXT 1"
        #expect(
            try reader.pairs(PairFilter(textWords: [word, "quoted"]), limit: 1000)
                == all.filter { $0.text.contains("text 1") })
        #expect(try reader.pairs(PairFilter(textWords: ["%"]), limit: 1000).isEmpty)
        let dead = try reader.pairs(PairFilter(includesDead: true), limit: 1000)
        let info = try reader.info()
        #expect(Int64(dead.count) == info.pairs + info.evicted + info.superseded)
    }

    @Test func infoEqualsACount() throws {
        let (fixture, _) = try filled(200)
        let reader = try StoreReader.open(fixture.path)
        let info = try reader.info()
        let all = try reader.pairs(limit: 1000)
        #expect(info.pairs == all.count && info.evicted > 0 && info.superseded > 0)
        #expect(info.images == Set(all.map(\.sha256)).count)
        #expect(info.bytes == all.reduce(0) { $0 + Int64($1.bytes) })
        let histogram = { (values: [String]) in
            Dictionary(values.map { ($0, Int64(1)) }, uniquingKeysWith: +)
        }
        #expect(info.histograms["format"] == histogram(all.map(\.format)))
        #expect(info.histograms["language"] == histogram(all.map { $0.language ?? "" }))
        #expect(info.queriesMatched == Set(all.flatMap(\.queries)).count)
        let claims = histogram(all.flatMap(\.claims).map(String.init))
        #expect(info.queriesAtCap == claims.values.count { $0 == 4 })
        let hosts = histogram(all.compactMap { URL(string: $0.url)?.host() })
        #expect(Dictionary(uniqueKeysWithValues: info.hosts.map { ($0.host, $0.pairs) }) == hosts)
    }

    @Test func aSnapshotStaysWhileTheStoreGoesOn() throws {
        var generator = SeededGenerator(seed: 5)
        let fixture = try StoreFixture(queries: 4, perQuery: 3, maxShardBytes: 9_000)
        let pairs = StoreFixture.randomPairs(120, queries: 4, using: &generator)
        let writer = try fixture.open()
        let reader = try StoreReader.open(fixture.path)
        var snapshots: [StoreSnapshot] = []
        for (index, pair) in pairs.enumerated() {
            try writer.append(pair)
            if index % 10 == 9 {
                try writer.commit()
                snapshots.append(try reader.snapshot())
            }
        }
        try writer.close()
        for old in snapshots {
            let again = try reader.snapshot(commit: old.commit)
            #expect(again.shards.flatMap(\.samples).map(\.key) == old.shards.flatMap(\.samples).map(\.key))
            #expect(again.missing == 0 && again.uuid == old.uuid)
            for shard in again.shards {
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: shard.path)))
                for sample in shard.samples {
                    let record = try #require(try reader.pair(id: sample.id))
                    let start = Int(sample.imageOffset)
                    #expect(
                        Array(bytes[start..<(start + sample.imageBytes)])
                            == (try reader.imageBytes(of: record)))
                    let text = bytes[Int(sample.textOffset)..<(Int(sample.textOffset) + sample.textBytes)]
                    #expect(String(decoding: text, as: UTF8.self) == record.text)
                }
            }
        }
        #expect(snapshots.last?.shards.count ?? 0 > 1)
        #expect(throws: StoreError.self) { try reader.snapshot(commit: 999) }
    }

    /// A reader beside a writer at work makes and changes no file but SQLite's own shared index.
    @Test func aReaderWritesNothing() throws {
        let (fixture, _) = try filled()
        let disk = Disk(root: fixture.path) { operation in
            switch operation {
            case .read: 0
            default: EROFS
            }
        }
        defer { disk.stop() }
        let reader = try StoreReader.open(fixture.path)
        #expect(try reader.info().pairs > 0)
        let record = try #require(try reader.pairs().first)
        #expect(try !reader.imageBytes(of: record).isEmpty)
        #expect(try StoreVerifier.verify(fixture.path).isClean)
        #expect(
            try !FileManager.default.contentsOfDirectory(atPath: fixture.path).contains {
                $0.hasSuffix("-wal")
            })
    }

    @Test func aStoreClosedBesideAReaderStaysReadable() throws {
        let fixture = try StoreFixture()
        let writer = try fixture.open()
        try writer.append(StoreFixture.pair(url: 1, image: 1, text: "a", queries: [1]))
        try writer.commit()
        let reader = try StoreReader.open(fixture.path)
        #expect(try reader.info().pairs == 1)
        try writer.close()
        #expect(try reader.info().pairs == 1)
        #expect(try StoreReader.open(fixture.path).info().pairs == 1)
        let again = try fixture.open()
        try again.append(StoreFixture.pair(url: 2, image: 2, text: "b", queries: [2]))
        try again.commit()
        #expect(try reader.info().pairs == 2)
        try again.close()
    }

    @Test func wrongFoldersAreNamed() throws {
        let fixture = try StoreFixture()
        let code = { (body: () throws -> Void) -> StoreError.Code? in
            do { try body() } catch let error as StoreError {
                #expect(!error.description.contains("\n"))
                return error.code
            } catch {}
            return nil
        }
        #expect(code { _ = try StoreReader.open(fixture.folder.file("absent")) } == .notAStore)
        try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(fileURLWithPath: fixture.path + "/holiday.txt"))
        #expect(code { _ = try fixture.open() } == .notAStore)
        #expect(code { _ = try StoreVerifier.verify(fixture.path) } == .notAStore)
        try FileManager.default.removeItem(atPath: fixture.path + "/holiday.txt")
        try fixture.open().close()
        let manifest = fixture.path + "/store.json"
        let text = try String(contentsOfFile: manifest, encoding: .utf8)
        try text.replacingOccurrences(of: "\"schema\" : 1", with: "\"schema\" : 99")
            .write(toFile: manifest, atomically: true, encoding: .utf8)
        #expect(code { _ = try StoreReader.open(fixture.path) } == .newerStore)
        #expect(code { _ = try fixture.open() } == .newerStore)
    }

    @Test func anotherConfigurationIsRefused() throws {
        let fixture = try StoreFixture()
        try fixture.open().close()
        var other = fixture.configuration
        other.perQuery = 99
        #expect(throws: StoreError.self) {
            try StoreWriter.open(fixture.path, configuration: other, list: fixture.list)
        }
        other = fixture.configuration
        other.maxShardBytes = 5
        try StoreWriter.open(fixture.path, configuration: other, list: fixture.list).close()
    }
}
