import Foundation
import TestSupport
import Testing

@testable import Crawler

@Suite struct SitemapTests {
    private func read(_ body: String) throws -> Sitemap {
        Sitemap(Array(body.utf8), base: try WebURL("http://h.test/map.xml").required)
    }

    @Test(arguments: [
        (
            "<urlset><url><loc>http://h.test/a</loc></url><url><loc> /b </loc></url></urlset>", ["/a", "/b"],
            false
        ),
        (
            "<?xml version='1.0'?>\n<s:urlset xmlns:s='x'><s:url><s:loc>/a?b=1&amp;c=2</s:loc>",
            ["/a?b=1&c=2"], false
        ),
        ("<sitemapindex><sitemap><loc><![CDATA[/x].xml]]></loc></sitemap></sitemapindex>", ["/x].xml"], true),
        ("<url><loc>/a</loc><image:image><image:loc>/p.png</image:loc></image:image></url>", ["/a"], false),
        ("http://h.test/a\r\nhttp://h.test/b\n\nftp://h.test/c\nhttp://h.test/d", ["/a", "/b", "/d"], false),
        ("<html><a href=x>no sitemap</a></html>", [], false), ("", [], false), ("<loc>/cut", [], false),
    ])
    func formsOfTheProtocol(_ body: String, _ paths: [String], _ isIndex: Bool) throws {
        let sitemap = try read(body)
        #expect(sitemap.urls.map { $0.target } == paths)
        #expect(sitemap.isIndex == isIndex)
    }

    /// Whatever the pieces it arrives in, the answer is that of the whole.
    @Test(arguments: 0..<20) func piecesMakeNoDifference(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let parts = [
            "<loc>/a</loc>", "<loc><![CDATA[/b]]></loc>", "<sitemapindex>", "<x y='>'>", "]]>", "<", "text",
            "</loc>",
        ]
        let whole = (0..<60).flatMap { _ in Array(parts[Int.random(in: 0..<parts.count, using: &random)].utf8)
        }
        var once = SitemapScanner()
        once.feed(whole)
        var pieces = SitemapScanner()
        var rest = whole[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...7, using: &random)
            pieces.feed(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        #expect(pieces.addresses == once.addresses)
        #expect(pieces.isIndex == once.isIndex)
    }

    @Test func onlySoManyAddressesAreRead() throws {
        let body = (0..<60_000).map { "<loc>/\($0)</loc>" }.joined()
        #expect(try read(body).urls.count == SitemapScanner.maxAddresses)
    }

    @Test func bombsAreCutOff() throws {
        let sitemap = Sitemap(GzipBomb.bytes(megabytes: 64), base: try WebURL("http://h.test/").required)
        #expect((50 << 20..<51 << 20).contains(sitemap.bytes))
    }
}

/// Sitemaps as seeds, on a real nginx.
@Suite(.serialized) struct SitemapCrawlTests {
    private func serve(_ files: [String: Data]) throws -> Nginx {
        try Nginx { root in
            for (path, data) in files { try data.write(to: URL(fileURLWithPath: root + path)) }
        }
    }

    private func gzip(_ text: String) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        input.fileHandleForWriting.write(Data(text.utf8))
        try input.fileHandleForWriting.close()
        return output.fileHandleForReading.readDataToEndOfFile()
    }

    @Test func pagesOfSitemapsAreCrawled() async throws {
        let index =
            "<sitemapindex><loc>/one.xml.gz</loc><loc>/two.txt</loc><loc>/index.xml</loc></sitemapindex>"
        let nginx = try serve([
            "/index.html": Data("<p>nothing</p>".utf8), "/index.xml": Data(index.utf8),
            "/robots.txt": Data("Sitemap: /index.xml\nUser-agent: *\nDisallow: /secret".utf8),
            "/one.xml.gz": try gzip("<urlset><loc>/a.html</loc><loc>http://elsewhere.test/</loc></urlset>"),
            "/two.txt": Data("/b.html\n/secret.html\n".utf8),
            "/a.html": Data("<a href=/c.html>c</a>".utf8), "/b.html": Data("<p>b</p>".utf8),
            "/c.html": Data("<p>c</p>".utf8),
        ])
        let fixture = try CrawlFixture(perQuery: 9)
        var configuration = try CrawlFixture.configuration([nginx.url("/")])
        configuration.maxDepth = 1
        let report = try await fixture.crawl(configuration)
        let paths = try nginx.requests().map(\.path)
        #expect(Set(paths).isSuperset(of: ["/index.xml", "/one.xml.gz", "/two.txt", "/a.html", "/b.html"]))
        #expect(
            Set(paths).isDisjoint(with: ["/c.html", "/secret.html"]), "one step from a seed, and robots.txt")
        #expect(paths.count == Set(paths).count, "an index that names itself is read once")
        #expect(report.progress.pagesDone == 4, "a sitemap is no page")
        #expect(report.progress.drops["link_out_of_scope"] == 1)
        configuration.readsSitemaps = false
        let plain = try CrawlFixture(perQuery: 9)
        try await plain.crawl(configuration)
        #expect(try nginx.requests().map(\.path).dropFirst(paths.count).contains("/index.xml") == false)
    }
}
