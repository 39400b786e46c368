import Foundation
import TestSupport
import Testing

/// What a crawl gathered, taken in again from lists and from shards: the same pairs and claims.
@Suite(.serialized) struct ImportTests {
    private struct Progress: Decodable {
        let rows: Int
        let drops: [String: Int]
    }

    private struct Report: Decodable {
        let end: String
        let progress: Progress
    }

    private static let gently = ["--delay", "0", "--per-host", "8", "--allow-address", "127.0.0.0/8"]

    private func wit(_ words: [String]) async throws -> Outcome {
        let outcome = try await Program.wit(words)
        try #require(outcome.status == 0, "\(words): \(outcome.errors)")
        return outcome
    }

    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { folder + "/" + $0 }
    }

    @Test func aCrawlImportedIsTheSameSet() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-import")
        let live = folder.file("live")
        let rule = ["--per-query", "3"]
        let archives = folder.file("warc")
        _ = try await wit(["crawl", site.url, "--store", live, "--warc", archives] + rule + Self.gently)
        let expected = try await Program.identities(in: live)
        #expect(expected.count > 100)

        // The list in four partitions, each killed once, then merged.
        let lists = try files(live + "/candidates")
        var parts: [String] = []
        for number in 1...4 {
            let part = folder.file("part-\(number)")
            let words =
                ["import", "urls"] + lists + ["--store", part, "--partition", "\(number)/4", "--json"] + rule
                + Self.gently
            _ = try await Program.wit(words, killAfter: .milliseconds(400))
            let report = try JSONDecoder().decode(Report.self, from: Data(try await wit(words).output.utf8))
            #expect(report.end == "exhausted")
            parts.append(part)
        }
        _ = try await wit(["merge"] + parts + ["--into", folder.file("merged")])
        #expect(try await Program.identities(in: folder.file("merged")) == expected)

        // What the crawl wrote of its exchanges, without any server.
        let again = folder.file("again")
        _ = try await wit(["import", "warc"] + files(archives) + ["--store", again, "--offline"] + rule)
        #expect(try await Program.identities(in: again) == expected)

        // The shards, without any server.
        let copy = folder.file("copy")
        _ = try await wit(["import", "wds"] + files(live + "/shards") + ["--store", copy] + rule)
        #expect(try await Program.identities(in: copy) == expected)
        _ = try await wit(["verify", copy])

        // The shards in three partitions, merged.
        var shares: [String] = []
        for number in 1...3 {
            shares.append(folder.file("share-\(number)"))
            let words = ["--store", shares[number - 1], "--partition", "\(number)/3"] + rule
            _ = try await wit(["import", "wds"] + files(live + "/shards") + words)
        }
        _ = try await wit(["merge"] + shares + ["--into", folder.file("united")])
        #expect(try await Program.identities(in: folder.file("united")) == expected)
    }

    /// Another cap and seed: what the old store holds is taken over, the rest is queued, and the next crawl fetches it.
    @Test func aRebalancedStoreBecomesWholeByItsNextCrawl() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-rebalance")
        let (old, new) = (folder.file("old"), folder.file("new"))
        _ = try await wit(["crawl", site.url, "--store", old, "--per-query", "1"] + Self.gently)
        let rule = ["--per-query", "3", "--seed", "77"]
        let said = try await wit(["rebalance", old, "--into", new] + rule).output
        #expect(said.contains("newly queued for the next crawl"), "\(said)")
        let before = try await Program.identities(in: new)
        _ = try await wit(["crawl", site.url, "--store", new, "--max-pages", "1"] + rule + Self.gently)
        let after = try await Program.identities(in: new)
        #expect(after.count > before.count)
        let anew = folder.file("anew")
        let lists = try files(old + "/candidates")
        _ = try await wit(["import", "urls"] + lists + ["--store", anew] + rule + Self.gently)
        #expect(try await Program.identities(in: anew) == after)
        _ = try await wit(["verify", new])
    }

    /// Pictures made over on their way in; a store keeps to one way.
    @Test func picturesAreMadeOver() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-resize")
        let live = folder.file("live")
        _ = try await wit(["crawl", site.url, "--store", live, "--max-pages", "8"] + Self.gently)
        let lists = try files(live + "/candidates")
        let words = ["import", "urls"] + lists + ["--store", folder.file("small")] + Self.gently
        let change = ["--resize", "center_crop", "--image-size", "96", "--encode-format", "webp"]
        _ = try await wit(words + change)
        let pairs = try await Program.pairs(in: folder.file("small"))
        #expect(pairs.count > 5)
        #expect(pairs.allSatisfy { $0.width == 96 && $0.height == 96 && $0.format == "webp" })
        _ = try await wit(["verify", folder.file("small")])
        let other = try await Program.wit(words + ["--resize", "border"])
        #expect(other.status == 1 && other.errors.contains("rule pictures_"), "\(other.errors)")
        let wrong = try await Program.wit(words + ["--resize", "keep_ratio", "--image-size", "0"])
        #expect(wrong.status == 2 && wrong.errors.contains("--image-size"), "\(wrong.errors)")
    }

    /// Only headers are read: the same pairs, without a word on how they look, and a store of their own.
    @Test func headersAreEnoughOnDemand() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-header")
        let live = folder.file("live")
        _ = try await wit(["crawl", site.url, "--store", live, "--max-pages", "12"] + Self.gently)
        let store = folder.file("store")
        let words = ["import", "wds"] + (try files(live + "/shards")) + ["--store", store]
        _ = try await wit(words + ["--check", "header", "--max-pixels", "50000000"])
        #expect(try await Program.identities(in: store) == Program.identities(in: live))
        #expect(try await wit(["ls", live, "--json"]).output.contains("\"phash\""))
        #expect(try await !wit(["ls", store, "--json"]).output.contains("phash"))
        #expect(try await wit(["show", store, "1"]).output.contains("none"))
        _ = try await wit(["verify", store])
        let mixed = try await Program.wit(words)
        #expect(mixed.status == 1 && mixed.errors.contains("rule pictures_checked"), "\(mixed.errors)")
        let wrong = try await Program.wit(words + ["--max-pixels", "0"])
        #expect(wrong.status == 2 && wrong.errors.contains("--max-pixels"), "\(wrong.errors)")
    }

    @Test func picturesOfAnEvaluationSetAreLeftOut() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-exclude")
        let live = folder.file("live")
        _ = try await wit(["crawl", site.url, "--store", live, "--max-pages", "12"] + Self.gently)
        let pairs = try await Program.pairs(in: live)
        let victims = Set(pairs.prefix(5).map(\.sha256))
        let list = victims.map { "\($0)  some/file.png\n" }.joined()
        let hashes = try folder.write("hashes", ("# of an evaluation set\n" + list).utf8)
        let copy = folder.file("copy")
        let report = try await wit(
            ["import", "wds"] + files(live + "/shards") + [
                "--store", copy, "--exclude-hashes", hashes, "--json",
            ])
        let drops = try JSONDecoder().decode(Report.self, from: Data(report.output.utf8)).progress.drops
        #expect(drops["image_excluded_hash"] ?? 0 >= victims.count)
        let kept = try await Program.pairs(in: copy)
        #expect(Set(kept.map(\.key)) == Set(pairs.filter { !victims.contains($0.sha256) }.map(\.key)))
    }
}
