import Foundation
import PairStore
import TestSupport
import Testing

@testable import Crawler

/// Whole crawls against a real nginx.
@Suite(.serialized) struct CrawlTests {
    private func serve(_ site: GallerySite, locations: String = "") throws -> Nginx {
        try Nginx(locations: locations) { try site.write(to: $0) }
    }

    @Test func anExhaustiveCrawlGivesTheOraclesSet() async throws {
        let site = GallerySite(pages: 40, picturesPerPage: 8, seed: 3)
        let nginx = try serve(site)
        let fixture = try CrawlFixture(perQuery: 3)
        let report = try await fixture.crawl(CrawlFixture.configuration([nginx.url("/")]))
        #expect(report.end == .exhausted)
        let expected = oracle(site, nginx, fixture)
        #expect(try fixture.set() == expected)
        #expect(expected.count > 20)
        #expect(report.progress.pagesDone == 42, "\(report.progress)")
        #expect(report.progress.drops["image_http_404"] ?? 0 > 0)
        #expect(report.progress.drops["image_declared_too_small"] ?? 0 > 0)
        let requests = try nginx.requests()
        #expect(requests.first?.path == "/robots.txt")
        #expect(requests.allSatisfy { !$0.path.hasPrefix("/private") })
        #expect(report.progress.drops["page_robots_disallowed"] == 1)
        // No page is asked for twice; a picture is when another text for it comes after it was refused.
        #expect(requests[1].path == "/.well-known/tdmrep.json")
        let pages = requests.map(\.path).filter { !$0.hasPrefix("/pictures") }
        #expect(Set(pages).count == pages.count)
    }

    @Test func aSecondRunHasNothingToDo() async throws {
        let site = GallerySite(pages: 6, picturesPerPage: 4, seed: 4)
        let nginx = try serve(site)
        let fixture = try CrawlFixture(perQuery: 100)
        try await fixture.crawl(CrawlFixture.configuration([nginx.url("/")]))
        let before = (try fixture.set(), try nginx.requests().count)
        let report = try await fixture.crawl(CrawlFixture.configuration([nginx.url("/")]))
        #expect(report.end == .exhausted)
        #expect(report.progress.pagesAsked == 0)
        #expect(try fixture.set() == before.0)
        #expect(try nginx.requests().count == before.1)
    }

    @Test func theDelayIsKept() async throws {
        let site = GallerySite(pages: 3, picturesPerPage: 2, seed: 5)
        let nginx = try serve(site)
        let fixture = try CrawlFixture(perQuery: 100)
        var configuration = try CrawlFixture.configuration([nginx.url("/")])
        configuration.delay = .milliseconds(150)
        configuration.perHost = 1
        try await fixture.crawl(configuration)
        let times = try nginx.requests().map(\.seconds)
        #expect(times.count > 5)
        // nginx stamps the end of a request in whole milliseconds.
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= 0.145 }, "\(times)")
    }
}
