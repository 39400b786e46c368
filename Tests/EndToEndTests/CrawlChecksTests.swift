import Foundation
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

    @Test func limitsHoldAndASilentHostCostsNothing() async throws { try await holds("manners-crawl") }
}
