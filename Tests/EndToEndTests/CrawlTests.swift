import Foundation
import TestSupport
import Testing

/// The crawl against a real site, real nginx and the real binary.
@Suite(.serialized) struct CrawlTests {
    private func arguments(_ site: Site, _ store: String, perQuery: Int) -> [String] {
        [
            "crawl", site.url, "--store", store, "--per-query", String(perQuery), "--delay", "0",
            "--per-host", "8",
            "--allow-address", "127.0.0.0/8",
        ]
    }

    /// A crawl that is killed again and again ends with the set of an undisturbed one, which is the oracle's.
    @Test func killedCrawlsEndWithTheSameSet() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-crawl")
        let (all, calm, killed) = (folder.file("all"), folder.file("calm"), folder.file("killed"))
        for (store, perQuery) in [(all, 1_000_000), (calm, 3)] {
            let outcome = try await Program.wit(arguments(site, store, perQuery: perQuery))
            try #require(outcome.status == 0, "\(outcome.errors)")
        }
        let offered = try await Program.pairs(in: all)
        let expected = oracle(offered, perQuery: 3)
        #expect(offered.count > 700, "the site has 785 captioned photographs")
        #expect(expected.count < offered.count, "a cap of 3 must bite, or this test shows nothing")
        #expect(try await Program.identities(in: calm) == expected)
        #expect(try await keysOfView(of: all, perQuery: 3) == Set(Program.pairs(in: calm).map(\.key)))

        let kills = try await crawlWithKills(arguments(site, killed, perQuery: 3), atLeast: 3)
        #expect(kills >= 3)
        #expect(try await Program.identities(in: killed) == expected)
        let verified = try await Program.wit(["verify", killed, "--json"])
        #expect(verified.status == 0, "\(verified.output)")
        #expect(
            try site.requests().allSatisfy { !$0.path.hasPrefix("/private") }, "robots.txt forbids /private")
    }

    /// The pairs that `wit balance` says a smaller cap leaves, and `wit stream` streams.
    private func keysOfView(of store: String, perQuery: Int) async throws -> Set<String> {
        let folder = try TemporaryFolder("wit-view")
        let options = [store, "--per-query", String(perQuery)]
        let balance = try await Program.wit(
            ["balance"] + options + ["--keys", folder.file("keys"), "--svg", folder.file("svg"), "--json"])
        try #require(balance.status == 0, "\(balance.errors)")
        let keys = try String(contentsOfFile: folder.file("keys"), encoding: .utf8).split(separator: "\n")
        let facts = try JSONDecoder().decode(ViewLine.self, from: Data(balance.output.utf8))
        #expect(facts.pairs == keys.count && facts.distribution.queries == 500_000)
        #expect(try String(contentsOfFile: folder.file("svg"), encoding: .utf8).hasPrefix("<svg"))
        let stream = try await Program.wit(
            ["stream"] + options + ["--discard", "--content", "bytes", "--json"])
        try #require(stream.status == 0, "\(stream.errors)")
        #expect(
            try JSONDecoder().decode(StreamLine.self, from: Data(stream.output.utf8)).samples == keys.count)
        return Set(keys.map(String.init))
    }

    private struct ViewLine: Decodable {
        struct Distribution: Decodable { let queries: Int }
        let pairs: Int
        let distribution: Distribution
    }

    private struct StreamLine: Decodable { let samples: Int }

    /// Kills the crawl after growing spans of time until it has ended by itself; gives how often it was killed.
    private func crawlWithKills(_ arguments: [String], atLeast: Int) async throws -> Int {
        var kills = 0
        var random = SeededGenerator(seed: 7)
        for attempt in 0..<200 {
            let patience = Int.random(in: 150...600, using: &random) + (kills >= atLeast ? attempt * 200 : 0)
            let outcome = try await Program.wit(arguments, killAfter: .milliseconds(patience))
            if outcome.status == 0 { return kills }
            try #require(outcome.status == 137, "\(outcome.errors)")
            kills += 1
        }
        Issue.record("the crawl never ended")
        return kills
    }

    /// A flipped byte in a shard is found, and only the pair that holds it is named.
    @Test func verifyNamesTheDamagedPairOnly() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-verify")
        let store = folder.file("store")
        let crawl = try await Program.wit(arguments(site, store, perQuery: 3) + ["--max-pages", "12"])
        try #require(crawl.status == 0, "\(crawl.errors)")
        let pairs = try await Program.pairs(in: store)
        let victim = try #require(pairs.dropFirst(pairs.count / 2).first)
        try flipByte(in: store + "/shards/" + victim.shard, at: victim.offset + 512 + victim.bytes / 2)

        let outcome = try await Program.wit(["verify", store, "--json"])
        #expect(outcome.status == 1)
        let report = try JSONDecoder().decode(VerifyLine.self, from: Data(outcome.output.utf8))
        #expect(report.damaged.map(\.key) == [victim.key])
    }

    private struct VerifyLine: Decodable {
        struct Damage: Decodable { let key: String }
        let damaged: [Damage]
    }

    private func flipByte(in path: String, at offset: Int64) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.seek(toOffset: UInt64(offset))
        let byte = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data([byte ^ 0x10]))
    }
}
