import Foundation
import TestSupport
import Testing

@testable import Crawler

/// What a later crawl of the same store does, each on a real nginx.
@Suite(.serialized) struct LaterCrawlTests {
    private func paths(_ nginx: Nginx) throws -> [String] { try nginx.requests().map(\.path) }

    /// Pages that are old enough are asked for with their validators: nginx says 304 to those that stayed, and what is
    /// new on the others is found.
    @Test func pagesAreAskedForConditionally() async throws {
        let site = GallerySite(pages: 8, picturesPerPage: 3, seed: 12)
        let nginx = try Nginx { try site.write(to: $0) }
        let fixture = try CrawlFixture(perQuery: 1_000)
        var configuration = try CrawlFixture.configuration([nginx.url("/")])
        try await fixture.crawl(configuration)
        let before = (pairs: try fixture.set(), requests: try nginx.requests().count)
        let more = site.pages["/pages/3.html"].map { $0 + "<a href=/pages/new.html>n</a>" }
        for (path, text) in [("/pages/3.html", try more.required), ("/pages/new.html", "<p>new</p>")] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: nginx.root + path))
        }
        configuration.refreshAfter = .zero
        let report = try await fixture.crawl(configuration)
        let later = try nginx.requests().dropFirst(before.requests)
        let answers = Dictionary(grouping: later.filter { $0.path.hasPrefix("/pages") }, by: \.status)
            .mapValues { Set($0.map(\.path)) }
        #expect(answers[304]?.count == 7)
        #expect(answers[200] == ["/pages/3.html", "/pages/new.html"])
        #expect(later.allSatisfy { !$0.path.hasPrefix("/robots.txt") }, "robots.txt is kept for a day")
        #expect(try fixture.set() == before.pairs)
        #expect(
            report.progress.pagesDone == 11, "nine pages, the front page, and the forbidden one, each once")
    }

    @Test func aLaterRunKeepsRobotsForADay() async throws {
        let site = GallerySite(pages: 12, picturesPerPage: 1, seed: 13)
        let nginx = try Nginx { try site.write(to: $0) }
        let fixture = try CrawlFixture(perQuery: 1_000)
        var configuration = try CrawlFixture.configuration([nginx.url("/")])
        configuration.maxPages = 3
        for _ in 0..<3 { try await fixture.crawl(configuration) }
        configuration.maxPages = nil
        let report = try await fixture.crawl(configuration)
        let asked = try paths(nginx)
        #expect(asked.count { $0 == "/robots.txt" } == 1)
        #expect(asked.allSatisfy { !$0.hasPrefix("/private") }, "and obeys it")
        #expect(report.progress.drops["page_robots_disallowed"] == 1)
    }
}
