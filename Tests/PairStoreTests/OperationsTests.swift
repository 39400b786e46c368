import Digest
import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

@Suite struct OperationsTests {
    private func filled(
        _ fixture: StoreFixture, _ pairs: [NewPair], path: String? = nil, from start: Int = 0
    ) throws {
        let writer = try StoreFixture.writer(
            path ?? fixture.path, configuration: fixture.configuration, list: fixture.list)
        for (index, pair) in pairs.enumerated() {
            try writer.append(pair)
            try writer.logCandidate(StoreFixture.candidate(pair))
            if index % 17 == 0 { try writer.commit() }
        }
        try writer.commit()
        try writer.close()
    }

    private func random(_ count: Int, seed: UInt64) throws -> (StoreFixture, [NewPair]) {
        var generator = SeededGenerator(seed: seed)
        let fixture = try StoreFixture(queries: 9, perQuery: 4, maxShardBytes: 20_000)
        return (fixture, StoreFixture.randomPairs(count, queries: 9, using: &generator))
    }

    private func live(_ path: String) throws -> [String: PairRecord] {
        let records = try StoreReader.open(path).pairs(limit: 10_000)
        return Dictionary(uniqueKeysWithValues: records.map { ($0.key, $0) })
    }

    // MARK: compact

    @Test func compactionDropsTheDeadAndNothingElse() throws {
        let (fixture, pairs) = try random(200, seed: 1)
        try filled(fixture, pairs)
        let before = try live(fixture.path)
        let info = try StoreReader.open(fixture.path).info()
        let report = try StoreMaintenance.compact(fixture.path, maxShardBytes: 30_000)
        #expect(report.shardsBefore > report.shardsAfter && report.shardsAfter > 1 && report.waiting == 0)
        #expect(report.bytesAfter < report.bytesBefore)
        let after = try live(fixture.path)
        #expect(before.mapValues(\.sha256) == after.mapValues(\.sha256))
        #expect(before.mapValues(\.claims) == after.mapValues(\.claims))
        let verified = try StoreVerifier.verify(fixture.path)
        #expect(verified.isClean && verified.pairs == after.count, "\(verified)")
        let again = try StoreReader.open(fixture.path).info()
        #expect(
            again.pairs == info.pairs && again.evicted == info.evicted && again.shardBytes < info.shardBytes)
        let files = try FileManager.default.contentsOfDirectory(atPath: fixture.path + "/shards")
        #expect(files.count == again.shards && files.allSatisfy { $0.hasSuffix(".tar") })
        #expect(
            try StoreMaintenance.compact(fixture.path, maxShardBytes: 30_000).pairs == 0 || again.shards > 1)
        try filled(fixture, pairs)
        #expect(try Oracle(store: fixture.path) == Oracle(pairs, fixture.configuration))
    }

    @Test func aReaderKeepsItsFiles() throws {
        let (fixture, pairs) = try random(120, seed: 2)
        try filled(fixture, pairs)
        var reader: StoreReader? = try StoreReader.open(fixture.path)
        let snapshot = try #require(try reader?.snapshot())
        #expect(try StoreMaintenance.compact(fixture.path).waiting > 0)
        #expect(snapshot.shards.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
        let old = try #require(try reader?.snapshot(commit: snapshot.commit))
        #expect(old.count == snapshot.count && old.missing == 0)
        let early = try #require(try reader?.snapshot(commit: 1))
        #expect(early.missing > 0, "compaction dropped pairs of the first commit")
        reader = nil
        // A process that another test is starting holds a copy of every open file for a moment.
        var waited = 0
        repeat {
            try fixture.open().close()
            waited += 1
            usleep(20_000)
        } while waited < 200 && snapshot.shards.contains { FileManager.default.fileExists(atPath: $0.path) }
        #expect(snapshot.shards.allSatisfy { !FileManager.default.fileExists(atPath: $0.path) })
        #expect(try StoreVerifier.verify(fixture.path).isClean)
    }

    // MARK: remove

    @Test(arguments: Removal.Kind.allCases, [false, true])
    func whatIsRemovedStaysOut(kind: Removal.Kind, comesFirst: Bool) throws {
        let (fixture, pairs) = try random(160, seed: 3)
        let probe = fixture.folder.file("probe")
        try filled(fixture, pairs, path: probe)
        let liveKeys = Set(try live(probe).keys)
        let victim = try #require(pairs.last { liveKeys.contains($0.key.hex) })
        let sha256 = SHA256Digest(of: victim.image).hex
        let value =
            switch kind {
            case .url: victim.imageURL
            case .host: "HOST0.example"
            case .page: victim.pageURL
            case .sha256: sha256
            case .text: victim.text
            case .key: victim.key.hex
            }
        let isNamed: (NewPair) -> Bool = { pair in
            switch kind {
            case .url: pair.imageURL == victim.imageURL
            case .host: pair.imageURL.hasPrefix("https://host0.example/")
            case .page: pair.pageURL == victim.pageURL
            case .sha256: SHA256Digest(of: pair.image).hex == sha256
            case .text: pair.text == victim.text
            case .key: pair.key == victim.key
            }
        }
        if comesFirst {
            try fixture.open().close()
            try StoreMaintenance.remove(fixture.path, [Removal(kind, value)])
            try filled(fixture, pairs)
            // Named candidates were never eligible: the rest is balanced without them.
            #expect(
                try Oracle(store: fixture.path)
                    == Oracle(pairs.filter { !isNamed($0) }, fixture.configuration))
        } else {
            try filled(fixture, pairs)
            let known = try Self.knownKeys(fixture.path)
            let report = try StoreMaintenance.remove(fixture.path, [Removal(kind, value)])
            #expect(report.pairs > 0)
            let expected = try Oracle(store: fixture.path)
            // A refused place of a pair is forgotten, so naming it later does not reach the pair.
            #expect(
                expected
                    == Oracle(pairs, fixture.configuration) { isNamed($0) && known.contains($0.key.hex) })
            try filled(fixture, pairs)
            #expect(try Oracle(store: fixture.path) == expected)
        }
        let verified = try StoreVerifier.verify(fixture.path)
        #expect(verified.isClean, "\(verified)")
        let info = try StoreReader.open(fixture.path).info()
        #expect(info.pairs == (try live(fixture.path)).count)
    }

    /// The names under which the store knows its pairs, and the places where they were seen.
    private static func knownKeys(_ path: String) throws -> Set<String> {
        let reader = try StoreReader.open(path)
        var keys: Set<String> = []
        for pair in try reader.pairs(PairFilter(includesDead: true), limit: 10_000) {
            keys.insert(pair.key)
            for sighting in try reader.pair(id: pair.id)?.alsoSeen ?? [] {
                keys.insert(CandidateKey(imageURL: sighting.url, text: pair.text).hex)
            }
        }
        return keys
    }

    @Test func afterCompactionNothingIsLeft() throws {
        let (fixture, pairs) = try random(160, seed: 4)
        var secret = StoreFixture.pair(url: 7777, image: 4242, text: "an unmistakable caption", queries: [3])
        secret.imageURL = "https://secret.example/unmistakable/picture.jpg"
        secret.pageURL = "https://secret.example/unmistakable/page.html"
        secret.image = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 7 &+ 3) }
        let twin = secret
        var other = twin
        other.imageURL = "https://elsewhere.example/unmistakable/copy.jpg"
        // A seed is searched under which the secret is sure of its claim.
        let list = fixture.list
        var configuration = fixture.configuration
        configuration.seed = try #require(
            (0..<100_000).first { (seed: UInt64) in
                Priority(imageURL: secret.imageURL, text: secret.text, seed: seed).u < 1 << 57
            })
        let writer = try StoreFixture.writer(fixture.path, configuration: configuration, list: list)
        for pair in pairs + [secret, other] {
            try writer.append(pair)
            try writer.logCandidate(StoreFixture.candidate(pair))
        }
        try writer.commit()
        try writer.close()
        let needles =
            [
                secret.imageURL, other.imageURL, secret.pageURL, "unmistakable", secret.text,
            ].map { Data($0.utf8) } + [Data(secret.image)]
        #expect(try Self.filesHolding(needles, below: fixture.path).count >= 2)

        let report = try StoreMaintenance.remove(fixture.path, [Removal(.url, other.imageURL)])
        #expect(report.pairs == 1)
        let compacted = try StoreMaintenance.compact(fixture.path)
        #expect(compacted.candidates == 2 && compacted.waiting == 0)
        #expect(try Self.filesHolding(needles, below: fixture.path) == [])
        #expect(try StoreVerifier.verify(fixture.path).isClean)
        let again = try StoreFixture.writer(fixture.path, configuration: configuration, list: list)
        try again.append(secret)
        try again.append(other)
        #expect(try again.commit().removed == 2)
        try again.close()
    }

    /// Files below a folder that hold any of some byte strings; the candidate log is looked at unpacked.
    static func filesHolding(_ needles: [Data], below folder: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        return try names.filter { name in
            let path = folder + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue
            else {
                return false
            }
            let content =
                name.hasSuffix(".gz")
                ? Data(
                    try Python.run("import gzip,sys; print(gzip.open(sys.argv[1]).read().decode())", [path])
                        .utf8)
                : try Data(contentsOf: URL(fileURLWithPath: path))
            return needles.contains { content.range(of: $0) != nil }
        }.sorted()
    }
}
