import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

@testable import Crawler

/// One behaviour a site, each on a real nginx.
@Suite(.serialized) struct CrawlBehaviourTests {
    /// A picture of that caption on a page, and its file.
    private static func picture(_ name: String, alt: String = "A red dog") -> String {
        "<img src=/p/\(name).png alt='\(alt)'>"
    }

    /// Serves some pages, with a different stamp for every name in `pictures`.
    private func serve(
        _ pages: [String: String], pictures: [String], locations: String = "", robots: String = ""
    ) throws -> Nginx {
        try Nginx(locations: locations) { root in
            var files = pages.mapValues { Data($0.utf8) }
            for (number, name) in pictures.enumerated() {
                files["/p/\(name).png"] = GallerySite.stamps[number].picture
            }
            files["/robots.txt"] = Data(robots.utf8)
            for (path, data) in files {
                let url = URL(fileURLWithPath: root + path)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try data.write(to: url)
            }
        }
    }

    /// The file names of the pictures a crawl kept, and its report.
    private func crawl(
        _ nginx: Nginx, _ change: (inout CrawlConfiguration) -> Void = { _ in }
    ) async throws -> (kept: Set<String>, report: CrawlReport) {
        let fixture = try CrawlFixture(perQuery: 100)
        var configuration = try CrawlFixture.configuration([nginx.url("/index.html")])
        change(&configuration)
        let report = try await fixture.crawl(configuration)
        let pairs = try StoreReader.open(fixture.storePath).pairs(PairFilter(), after: nil, limit: 1_000)
        let names = pairs.compactMap { $0.url.split(separator: "/").last?.split(separator: ".").first }
        return (Set(names.map(String.init)), report)
    }

    @Test func redirectsAreFollowedAndBounded() async throws {
        let hops = (0..<8).map { "location = /r\($0) { return 302 /r\($0 + 1); }" }.joined()
        let nginx = try serve(
            [
                "/index.html": "<a href=/old.html>o</a><a href=/r0>r</a><a href=/loop>l</a>"
                    + Self.picture("moved")
                    + "<img src=/pr0 alt='A red bird'>",
                "/new.html": Self.picture("new"), "/r8": Self.picture("far"),
            ], pictures: ["new", "far", "target"],
            locations: hops
                + """
                location = /old.html { return 301 /new.html; }
                location = /loop { return 301 /loop; }
                location = /p/moved.png { return 301 /p/target.png; }
                location = /pr0 { return 302 /pr1; } location = /pr1 { return 302 /pr0; }
                """)
        let (kept, report) = try await crawl(nginx)
        #expect(kept == ["new", "moved"], "a pair is named by its address before redirects")
        #expect(report.progress.drops["page_redirects"] == 1)
        #expect(report.progress.drops["image_redirects"] == 1)
        let paths = try nginx.requests().map(\.path)
        #expect(paths.contains("/r5") && !paths.contains("/r6"))
    }

    @Test func aSeedThatMovedTakesTheScopeAlong() async throws {
        let nginx = try serve(
            ["/new.html": "<a href=/more.html>m</a>", "/more.html": Self.picture("here")], pictures: ["here"],
            locations: "location = /index.html { return 301 http://127.0.0.3:$server_port/new.html; }")
        let (kept, report) = try await crawl(nginx)
        #expect(kept == ["here"])
        #expect(report.progress.drops["link_out_of_scope"] == nil)
        let asked = try nginx.requests().filter { $0.host == "127.0.0.3" }.map(\.path)
        #expect(
            Set(asked) == [
                "/robots.txt", "/.well-known/tdmrep.json", "/new.html", "/more.html", "/p/here.png",
            ])
    }

    @Test func blockedHostsAndAddressesAreNotAsked() async throws {
        let nginx = try serve(
            [
                "/index.html": "<a href=/shop/1.html>s</a><a href=/ok.html>o</a>",
                "/shop/1.html": Self.picture("sold"),
                "/ok.html": Self.picture("good") + "<img src='http://127.0.0.3:1/x.png' alt='A red cat'>",
            ], pictures: ["good", "sold"])
        let (kept, report) = try await crawl(nginx) {
            $0.blocklist = Blocklist(lines: "127.0.0.3\n" + nginx.url("/shop/"))
        }
        #expect(kept == ["good"])
        #expect(report.progress.drops["link_blocked"] == 1)
        #expect(report.progress.drops["image_blocked"] == 1)
    }

    @Test func optOutsOfPagesAndPicturesAreHonoured() async throws {
        let nginx = try serve(
            [
                "/index.html": (1...6).map { "<a href=/\($0).html>\($0)</a>" }.joined()
                    + Self.picture("tagged")
                    + Self.picture("free", alt: "A red cat"),
                "/1.html": "<meta name=robots content=noai>" + Self.picture("noai"),
                "/2.html": "<meta name=ROBOTS content='index, noimageindex'>" + Self.picture("noimageindex"),
                "/3.html": "<meta name=tdm-reservation content=1>" + Self.picture("tdm"),
                "/4.html": "<meta name=robots content=nofollow><a href=/5x.html>x</a>"
                    + Self.picture("followed"),
                "/5.html": Self.picture("header"), "/5x.html": Self.picture("never"),
                "/6.html": Self.picture("signal"),
            ],
            pictures: [
                "noai", "noimageindex", "tdm", "followed", "header", "never", "signal", "tagged", "free",
            ],
            locations: """
                location = /5.html { add_header X-Robots-Tag "otherbot: none"; add_header X-Robots-Tag noimageai; }
                location = /p/tagged.png { add_header X-Robots-Tag noai; }
                """,
            robots: "User-agent: *\nDisallow:\nContent-Usage: /6.html train-ai=n\n")
        let (kept, report) = try await crawl(nginx)
        #expect(kept == ["followed", "free"])
        let drops = report.progress.drops
        for wish in ["noai", "noimageindex", "tdm_reservation", "noimageai", "content_usage"] {
            #expect(drops["image_opt_out_" + wish] ?? 0 > 0, "\(wish): \(drops)")
        }
        #expect(try !nginx.requests().contains { $0.path == "/5x.html" })
    }

    @Test func robotsOfThePicturesHostIsAskedFirst() async throws {
        let nginx = try serve(
            [:], pictures: ["open", "shut"], robots: "User-agent: wit-test\nDisallow: /p/shut\n")
        let other = nginx.url("/p/", host: "127.0.0.3")
        let page = "<img src='\(other)open.png' alt='A red dog'><img src='\(other)shut.png' alt='A blue dog'>"
        try Data(page.utf8).write(to: URL(fileURLWithPath: nginx.root + "/index.html"))
        let (kept, report) = try await crawl(nginx)
        #expect(kept == ["open"])
        #expect(report.progress.drops["image_robots_disallowed"] == 1)
        let elsewhere = try nginx.requests().filter { $0.host == "127.0.0.3" }.map(\.path)
        #expect(elsewhere == ["/robots.txt", "/.well-known/tdmrep.json", "/p/open.png"])
    }

    @Test func limitsEndTheRunAndTheNextOneGoesOn() async throws {
        let pages = (0..<12).map { ("/\($0).html", "<a href=/\($0 + 1).html>n</a>" + Self.picture("\($0)")) }
        let nginx = try serve(
            Dictionary(uniqueKeysWithValues: pages).merging(["/index.html": "<a href=/0.html>s</a>"]) { $1 },
            pictures: (0..<12).map(String.init))
        let fixture = try CrawlFixture(perQuery: 100)
        var configuration = try CrawlFixture.configuration([nginx.url("/index.html")])
        configuration.maxPages = 4
        let first = try await fixture.crawl(configuration)
        #expect(first.end == .maxPages)
        #expect(first.progress.pagesAsked == 4)
        #expect(try fixture.set().count == 3, "the pictures of the pages that were read are kept")
        configuration.maxPages = nil
        configuration.maxPairs = 2
        let second = try await fixture.crawl(configuration)
        #expect(second.end == .maxPairs)
        configuration.maxPairs = nil
        try await fixture.crawl(configuration)
        #expect(try fixture.set().count == 12)
    }

    @Test func aDepthLimitHoldsAndCanBeRaised() async throws {
        let pages = (0..<9).map { ("/\($0).html", "<a href=/\($0 + 1).html>n</a>") }
        let nginx = try serve(
            Dictionary(uniqueKeysWithValues: pages).merging(["/index.html": "<a href=/0.html>s</a>"]) { $1 },
            pictures: [])
        let fixture = try CrawlFixture(perQuery: 100)
        var configuration = try CrawlFixture.configuration([nginx.url("/index.html")])
        for (depth, done) in [(3, 4), (7, 8), (nil, 11)] as [(Int?, Int)] {
            configuration.maxDepth = depth
            let report = try await fixture.crawl(configuration)
            #expect(report.end == .exhausted)
            #expect(report.progress.pagesDone == done)
        }
    }

    @Test func stopDrainsAndSaysSo() async throws {
        let site = GallerySite(pages: 30, picturesPerPage: 4, seed: 6)
        let nginx = try Nginx { try site.write(to: $0) }
        let fixture = try CrawlFixture(perQuery: 3)
        var configuration = try CrawlFixture.configuration([nginx.url("/")])
        configuration.delay = .milliseconds(50)
        let store = try fixture.openStore()
        let crawl = try Crawl(
            configuration, storePath: fixture.storePath, store: store, bank: .init(fixture.list))
        let report = try await crawl.run { if $0.pagesDone >= 3 { crawl.stop() } }
        try store.close()
        #expect(report.end == .stopped)
        #expect(report.progress.pagesDone < 32)
        configuration.delay = .zero
        try await fixture.crawl(configuration)
        #expect(try fixture.set() == oracle(site, nginx, fixture))
    }

    @Test func aServerThatNeverAnswersDoesNotHoldTheEnd() async throws {
        let silent = try SilentServer()
        let nginx = try serve(
            [
                "/index.html": Self.picture("here")
                    + "<img src='http://127.0.0.2:\(silent.port)/p.png' alt='A blue dog'>"
            ], pictures: ["here"])
        let began = ContinuousClock.now
        let (kept, report) = try await crawl(nginx) {
            $0.duration = .seconds(2)
            $0.drainLimit = .seconds(1)
        }
        #expect(kept == ["here"])
        #expect(report.end == .duration)
        #expect(ContinuousClock.now - began < .seconds(6))
    }

    @Test func anUnreachableSeedIsAnErrorAtOnce() async throws {
        let fixture = try CrawlFixture(perQuery: 1)
        let began = ContinuousClock.now
        let error = await #expect(throws: CrawlerError.self) {
            try await fixture.crawl(CrawlFixture.configuration(["http://127.0.0.2:9/"]))
        }
        #expect(error?.code == .unreachable)
        #expect(error?.description.contains("\n") == false)
        #expect(ContinuousClock.now - began < .seconds(5))
    }

    @Test(arguments: [
        ("ftp://example.org/", "wit-test/1.0", CrawlerError.Code.badSeed),
        ("https://example.org/", "wit-test/1.0", .contactMissing),
        ("http://127.0.0.2/", "", .badConfiguration),
    ])
    func badSettingsAreToldBeforeAnything(_ seed: String, agent: String, code: CrawlerError.Code) throws {
        let error = #expect(throws: CrawlerError.self) {
            try CrawlConfiguration(seeds: [seed], userAgent: agent).checkedSeeds()
        }
        #expect(error?.code == code)
    }

    @Test func whatIsNoPageOrPictureIsCounted() async throws {
        let nginx = try serve(
            [
                "/index.html": "<a href=/data>d</a><a href=/gone.html>g</a><a href=/deny.html>x</a>"
                    + "<img src=/p/text.png alt='A red dog'><img src=/p/short.png alt='A red cat'>"
                    + "<img src=/p/cut.png alt='A red fish'><img src=/p/odd.png alt='Nothing that matches'>",
                "/data": "<p>no type</p>", "/p/text.png": String(repeating: "no picture ", count: 200),
                "/p/short.png": "tiny",
            ], pictures: ["cut"], locations: "location = /deny.html { deny all; }")
        let cut = GallerySite.stamps[0].picture.prefix(3_000)
        try cut.write(to: URL(fileURLWithPath: nginx.root + "/p/cut.png"))
        let (kept, report) = try await crawl(nginx)
        #expect(kept.isEmpty)
        let expected = [
            "page_not_html": 1, "page_http_404": 1, "page_http_403": 1, "image_unknown_format": 1,
            "image_too_few_bytes": 1, "image_truncated": 1, "pair_no_query": 1,
        ]
        for (reason, count) in expected { #expect(report.progress.drops[reason] == count, "\(reason)") }
    }
}

/// Accepts connections and never says a word.
final class SilentServer: Sendable {
    let port: Int
    private let descriptor: Int32

    private struct CannotListen: Error {}

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.2")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard status else { throw CannotListen() }
        port = Int(in_port_t(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}
