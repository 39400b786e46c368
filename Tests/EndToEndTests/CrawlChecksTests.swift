import Foundation
import TestSupport
import Testing

/// The checks of `scripts` that run the real crawl against servers made for them, in their short form.
@Suite(.serialized) struct CrawlChecksTests {
    private func holds(_ script: String, _ arguments: [String] = []) async throws {
        setenv("WIT_BINARY", Program.wit, 1)
        let outcome = try await Program.run(Program.repository + "/scripts/" + script, arguments)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }

    /// `scripts/kill-crawl` alone kills fifty times.
    @Test func aKilledCrawlEndsLikeACalmOneAndAsksForNothingTwice() async throws {
        try await holds("kill-crawl", ["5"])
    }

    @Test func hostileServersAreCountedAndBounded() async throws { try await holds("hostile-crawl") }

    /// `scripts/manners-crawl` alone also measures what a silent host costs the others.
    @Test func limitsHold() async throws { try await holds("manners-crawl", ["limits"]) }

    /// `--progress json` tells as lines what the terminal shows, how far the run is to its limits included.
    @Test func progressIsToldAsJSON() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-progress")
        let outcome = try await Program.wit([
            "crawl", site.url, "--store", folder.file("store"), "--max-pages", "40", "--max-download",
            "1000000000",
            "--delay", "0.03", "--allow-address", "127.0.0.0/8", "--progress", "json",
        ])
        try #require(outcome.status == 0, "\(outcome.errors)")
        let lines = try outcome.errorLines.map {
            try JSONDecoder().decode(ProgressLine.self, from: Data($0.utf8))
        }
        #expect(lines.count > 3)
        let last = try #require(lines.last)
        #expect(last.pagesDone > 20)
        #expect(last.limits["pages"].map { $0 > 0.5 && $0 <= 1 } == true)
        #expect(last.limits["bytes"].map { $0 > 0 && $0 < 1 } == true)
        #expect(lines.contains { $0.pagesPerSecond > 0 && $0.pagesQueued > 0 && !$0.drops.isEmpty })
    }

    private struct ProgressLine: Decodable {
        let pagesDone: Int
        let pagesQueued: Int
        let pagesPerSecond: Double
        let imagesPerSecond: Double
        let pairsKept: Int
        let hosts: Int
        let drops: [String: Int]
        let limits: [String: Double]

        enum CodingKeys: String, CodingKey {
            case hosts, drops, limits
            case pagesDone = "pages_done"
            case pagesQueued = "pages_queued"
            case pagesPerSecond = "pages_per_second"
            case imagesPerSecond = "images_per_second"
            case pairsKept = "pairs_kept"
        }
    }
}
