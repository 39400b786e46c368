import Foundation
import TestSupport
import Testing

/// What becomes of a store after its crawl: removing and forgetting, merging, repairing, searching, exporting.
@Suite(.serialized) struct StoreTests {
    private func crawled(_ site: Site, _ store: String, _ more: [String] = []) async throws -> [ListedPair] {
        let outcome = try await Program.wit(
            [
                "crawl", site.url, "--store", store, "--delay", "0", "--per-host", "8", "--allow-address",
                "127.0.0.0/8", "--max-pages", "12",
            ] + more)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try await Program.pairs(in: store)
    }

    private struct Shown: Decodable {
        let url: String
        let page: String
        let text: String

        enum CodingKeys: String, CodingKey {
            case url, text
            case page = "page_url"
        }
    }

    /// After remove and compact no file below the store, the crawl's own included, holds address, text or picture;
    /// and a later crawl brings nothing of it back.
    @Test func whatIsRemovedIsGoneFromEveryFile() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-remove")
        let store = folder.file("store")
        let pairs = try await crawled(site, store)
        // Captions and pictures that the site has twice would rightly stay with their other pair.
        let captions = try site.pages().joined()
        let victim = try #require(
            pairs.dropFirst(pairs.count / 2).first { pair in
                captions.components(separatedBy: pair.text).count == 2
                    && pairs.count { $0.sha256 == pair.sha256 } == 1
            })
        let line = try await Program.wit(["show", store, victim.key, "--json"]).output
        let facts = try JSONDecoder().decode(Shown.self, from: Data(line.utf8))
        try #require(
            try await Program.wit(["show", store, victim.key, "--save", folder.file("picture")]).status == 0)
        let picture = try Data(contentsOf: URL(fileURLWithPath: folder.file("picture")))
        let needles = [Data(facts.url.utf8), Data(facts.text.utf8), picture]
        _ = try await Program.wit(["ls", store, "--text", facts.text])
        #expect(
            try await filesHolding(needles, below: store).count >= 3,
            "catalogue, shard, crawl.sqlite, candidates")

        // A shard that was set aside by a repair, say.
        try FileManager.default.createDirectory(atPath: store + "/lost", withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: store + "/shards/" + victim.shard, toPath: store + "/lost/stray.tar")

        // Typed as a person might: another spelling of the same address.
        let typed = facts.url.replacingOccurrences(of: "http://", with: "HTTP://") + "#fragment"
        let removed = try await Program.wit(["remove", store, "--url", typed, "--json"])
        #expect(
            removed.status == 0 && removed.output.contains("\"pairs\":1"),
            "\(removed.output)\(removed.errors)")
        let compacted = try await Program.wit(["compact", store])
        #expect(compacted.status == 0 && compacted.output.contains("crawl.sqlite"), "\(compacted.output)")
        let left = try await filesHolding(needles, below: store)
        #expect(left == [], "\(facts) is still in \(left)")

        let again = try await crawled(site, store, ["--max-pages", "24"])
        #expect(!again.contains { $0.key == victim.key })
        let returned = try await filesHolding(needles, below: store)
        #expect(returned == [], "\(facts) is again in \(returned)")
        for name in ["crawl.sqlite", "crawl.sqlite-wal", "crawl.sqlite-shm"] {
            try? FileManager.default.removeItem(atPath: store + "/" + name)
        }
        let anew = try await crawled(site, store)
        #expect(!anew.contains { $0.key == victim.key })
        let verified = try await Program.wit(["verify", store, "--json"])
        #expect(verified.status == 0, "\(verified.output)")
    }

    /// Files that hold any of some byte strings; compressed candidates are looked at unpacked.
    private func filesHolding(_ needles: [Data], below root: String) async throws -> [String] {
        var found: [String] = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: root).sorted() {
            let path = root + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue
            else {
                continue
            }
            var content = try Data(contentsOf: URL(fileURLWithPath: path))
            if name.hasSuffix(".gz") {
                content = Data(try await Program.run("/bin/zcat", [path]).output.utf8)
            }
            if needles.contains(where: { content.range(of: $0) != nil }) { found.append(name) }
        }
        return found
    }

    @Test func mergeRepairAndSearchFromTheCommandLine() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-store")
        let (first, second) = (folder.file("first"), folder.file("second"))
        _ = try await crawled(site, first, ["--per-query", "3"])
        _ = try await crawled(site, second, ["--per-query", "3", "--max-pages", "30"])
        let (forward, backward) = (folder.file("forward"), folder.file("backward"))
        for (order, target) in [([first, second], forward), ([second, first], backward)] {
            let merged = try await Program.wit(["merge"] + order + ["--into", target])
            #expect(merged.status == 0, "\(merged.errors)")
        }
        let united = try await Program.identities(in: forward)
        #expect(try await Program.identities(in: backward) == united)
        #expect(
            try await Program.identities(in: second) == united,
            "the longer crawl offered all of the shorter's")

        let pair = try #require(try await Program.pairs(in: forward).first)
        let word = try #require(pair.text.split(separator: " ").first { $0.count > 3 })
        let found = try await Program.wit([
            "ls", forward, "--text", String(word).uppercased(), "--json", "--limit", "0",
        ])
        #expect(found.output.contains(pair.key))

        try FileManager.default.removeItem(atPath: forward + "/catalogue.sqlite")
        let lost = try await Program.wit(["info", forward])
        #expect(lost.status == 1)
        let repaired = try await Program.wit(["verify", forward, "--repair"])
        #expect(repaired.status == 0, "\(repaired.output)\(repaired.errors)")
        #expect(try await Program.identities(in: forward) == united)
        #expect(try await Program.wit(["verify", forward]).status == 0)
    }

    @Test func removalListsAndAVerificationThatGoesOn() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-lists")
        let store = folder.file("store")
        let pairs = try await crawled(site, store)
        try #require(pairs.count > 20)
        try folder.write("keys.txt", pairs[0..<3].map { $0.key + "\n" }.joined().utf8)
        try folder.write("texts.txt", (pairs[5].text + "\r\n\n").utf8)
        let groups = Set(pairs[0..<3].map { [$0.sha256, $0.text] })
        let byKey = try await Program.wit(["remove", store, "--key", folder.file("keys.txt"), "--json"])
        #expect(byKey.output.contains("\"pairs\":\(groups.count)"), "\(byKey.output)\(byKey.errors)")
        let byText = try await Program.wit([
            "remove", store, "--text", "@" + folder.file("texts.txt"), "--json",
        ])
        #expect(
            byText.status == 0 && !byText.output.contains("\"pairs\":0"), "\(byText.output)\(byText.errors)")
        let missing = try await Program.wit(["remove", store, "--host", "@" + folder.file("none.txt")])
        #expect(missing.status == 1 && missing.errors.contains("none.txt"))
        let left = try await Program.pairs(in: store)
        #expect(!left.contains { groups.contains([$0.sha256, $0.text]) || $0.text == pairs[5].text })

        // Interrupted at once it says how to go on; going on it comes to the same end.
        try folder.write("in", [])
        let process = try Program.spawn(Program.wit, ["verify", store, "--json"], folder)
        kill(process, SIGINT)
        _ = Program.wait(for: process)
        let resumed = try await Program.wit(["verify", store, "--resume", "--json"])
        #expect(resumed.status == 0 && resumed.output.contains("\"complete\":true"), "\(resumed)")
    }
}
