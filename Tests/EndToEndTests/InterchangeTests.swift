import Foundation
import TestSupport
import Testing

/// Shards as today's tools read them.
@Suite(.enabled(if: Program.python != nil, "WIT_TEST_PYTHON names no Python (scripts/test sets it)"))
struct InterchangeTests {
    private struct Sample: Decodable, Hashable {
        let key: String
        let sha256: String
        let text: String
        let listed: String
    }

    @Test func webdatasetReadsTheSamePairs() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-webdataset")
        let store = folder.file("store")
        let crawl = try await Program.wit([
            "crawl", site.url, "--store", store, "--delay", "0", "--allow-address", "127.0.0.0/8",
            "--max-pages", "40",
        ])
        try #require(crawl.status == 0, "\(crawl.errors)")
        // Pairs that a later page's superseded lie in the shards until then.
        let compacted = try await Program.wit(["compact", store])
        try #require(compacted.status == 0, "\(compacted.errors)")
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/webdataset_keys.py"
        let outcome = try await Program.run(try #require(Program.python), [script, store + "/shards/*.tar"])
        try #require(outcome.status == 0, "\(outcome.errors)")
        let read = try outcome.output.split(separator: "\n").map {
            try JSONDecoder().decode(Sample.self, from: Data($0.utf8))
        }
        let listed = try await Program.pairs(in: store)
        #expect(listed.count > 100)
        #expect(read.allSatisfy { $0.sha256 == $0.listed })
        #expect(read.count == Set(read.map(\.key)).count)
        let ours = Set(listed.map { [$0.key, $0.sha256, $0.text] })
        #expect(Set(read.map { [$0.key, $0.sha256, $0.text] }) == ours)
    }
}
