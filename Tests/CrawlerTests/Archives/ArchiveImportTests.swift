import Digest
import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

@testable import Crawler

/// Imports of web archives.
@Suite(.serialized) struct ArchiveImportTests {
    private let folder: TemporaryFolder
    private let fixture: CrawlFixture

    init() throws {
        folder = try TemporaryFolder("wit-warc")
        fixture = try CrawlFixture(perQuery: 100)
    }

    private func offline() -> CrawlConfiguration {
        var configuration = CrawlConfiguration(seeds: [], userAgent: "wit")
        configuration.isOffline = true
        return configuration
    }

    private func pairs(_ store: CrawlFixture? = nil) throws -> [PairRecord] {
        try StoreReader.open((store ?? fixture).storePath).pairs(PairFilter(), after: nil, limit: 10_000)
            .sorted { $0.url < $1.url }
    }

    /// A whole site as an archive, its records in random order: the set is the oracle's, with no server at all.
    @Test(arguments: [false, true])
    func aSiteInAnArchiveGivesTheOraclesSet(isPacked: Bool) async throws {
        let site = GallerySite(pages: 20, picturesPerPage: 6, seed: 21)
        var random = SeededGenerator(seed: 4)
        var text = ArchiveText()
        let host = "http://site.test"
        text.answer(host + "/robots.txt", "text/plain", [UInt8](site.files["/robots.txt"] ?? Data()))
        for (path, content) in site.pages where !path.hasPrefix("/private") {
            text.page(host + path, "<html><body>\(content)</body></html>")
        }
        for (path, data) in site.files where path.hasSuffix(".png") { text.picture(host + path, data) }
        let bytes = isPacked ? try text.records.shuffled(using: &random).flatMap(gzipMember) : text.plain
        let path = try folder.write("site.warc", bytes)
        let small = try CrawlFixture(perQuery: 3)
        let report = try await small.importing(.archives([path]), offline())
        #expect(report.progress.rows == text.records.count)
        let expected = oracle(site, small) { host + $0.path }
        #expect(try small.set() == expected && expected.count > 10)
        // Read again: everything is known.
        let again = try await small.importing(.archives([path]), offline())
        #expect(again.progress.rows == report.progress.rows)
        let pair = try pairs(small).first.required
        #expect(pair.fetchedAt == "2026-01-02T03:04:05.000Z")
    }

    /// Redirects, revisits, resources, opt-outs, and pictures of the wrong kind.
    @Test func recordsOfAllKinds() async throws {
        let stamps = GallerySite.stamps.map(\.picture)
        var text = ArchiveText()
        let names = ["plain", "moved", "again", "noai", "reserved", "resource", "missing", "untyped"]
        let images = names.map { "<img src=/\($0).png alt='A red dog \($0)'>" }.joined()
        text.page("http://a.test/", "<html lang=en><body>\(images)</body></html>")
        text.page("http://a.test/no", "<meta name=robots content=noai><img src=/plain.png alt='A blue dog'>")
        text.answer(
            "http://b.test/robots.txt", "text/plain",
            Array("User-agent: *\nContent-Signal: ai-train=no\n".utf8))
        text.page("http://b.test/", "<img src=/x.png alt='A cat'>")
        text.picture("http://a.test/plain.png", stamps[0])
        text.answer("http://a.test/moved.png", "HTTP/1.1 302 Found\r\nLocation: /real/moved.png", [])
        text.picture("http://a.test/real/moved.png", stamps[1])
        text.add(
            "revisit", "http://a.test/again.png", contentType: "application/http; msgtype=response",
            extra: "WARC-Refers-To-Target-URI: http://a.test/first.png\r\n", block: [])
        text.picture("http://a.test/first.png", stamps[2])
        text.answer(
            "http://a.test/noai.png", "HTTP/1.1 200 OK\r\nX-Robots-Tag: noai\r\nContent-Type: image/png",
            [UInt8](stamps[3]))
        text.answer(
            "http://a.test/reserved.png", "HTTP/1.1 200 OK\r\nTDM-Reservation: 1\r\nContent-Type: image/png",
            [UInt8](stamps[4]))
        text.add(
            "resource", "http://a.test/resource.png", contentType: "image/png", block: [UInt8](stamps[5]))
        text.answer("http://a.test/missing.png", "HTTP/1.1 404 Not Found\r\nContent-Type: image/png", [])
        text.answer("http://a.test/untyped.png", "application/octet-stream", [UInt8](stamps[6]))
        let path = try folder.write("kinds.warc", text.plain)
        let report = try await fixture.importing(.archives([path]), offline())
        let kept = try pairs().map { $0.url.split(separator: "/").last.map(String.init) ?? "" }
        #expect(kept == ["again.png", "moved.png", "plain.png", "resource.png", "untyped.png"])
        #expect(try pairs().allSatisfy { $0.language == "en" && $0.pageURL == "http://a.test/" })
        let drops = report.progress.drops
        #expect(drops["image_opt_out_noai"] == 2 && drops["image_opt_out_tdm_reservation"] == 1, "\(drops)")
        #expect(drops["image_opt_out_content_signal"] == 1, "\(drops)")
        #expect(
            report.progress.imagesQueued == 1, "what the archive does not hold waits for a run that may ask")
    }

    /// Pages that come in a later run find pictures in a file that was read before, behind a revisit too.
    @Test func aFileThatWasReadIsLookedThroughForPictures() async throws {
        var (pictures, pages) = (ArchiveText(), ArchiveText())
        pictures.picture("http://a.test/first.png", GallerySite.stamps[0].picture)
        pictures.add(
            "revisit", "http://a.test/again.png", contentType: "application/http; msgtype=response",
            extra: "WARC-Refers-To-Target-URI: http://a.test/first.png\r\n", block: [])
        pages.page("http://a.test/", "<img src=/again.png alt='A red dog'>")
        let paths = [
            try folder.write("pictures.warc", pictures.plain), try folder.write("pages.warc", pages.plain),
        ]
        try await fixture.importing(.archives([paths[0]]), offline())
        let report = try await fixture.importing(.archives(paths), offline())
        #expect(try pairs().map(\.url) == ["http://a.test/again.png"])
        #expect(report.progress.rows == 3)
    }

    /// A file that goes away between the two passes is counted, and ends nothing.
    @Test func aFileThatIsGoneIsCounted() async throws {
        var (pictures, pages) = (ArchiveText(), ArchiveText())
        pictures.picture("http://a.test/first.png", GallerySite.stamps[0].picture)
        pages.page("http://a.test/", "<img src=/first.png alt='A red dog'>")
        let paths = [
            try folder.write("pictures.warc", pictures.plain), try folder.write("pages.warc", pages.plain),
        ]
        let store = try fixture.openStore()
        let context = try CrawlContext(
            offline(), seeds: [], readsLinks: false, store: store, bank: QueryBank(fixture.list))
        let feed = ArchiveFeed(paths, context, marks: [:])
        while try feed.next() != nil {}
        try FileManager.default.removeItem(atPath: paths[1])
        #expect(feed.startAgain())
        #expect(try feed.next()?.drops == [.archiveGone: 1])
        #expect(try feed.next()?.pictures.count == 1)
        while let batch = try feed.next() { #expect(batch.drops.isEmpty) }
        try store.close()
    }

    /// Pages of the archive, pictures from the web, with its manners.
    @Test func whatIsNotInTheArchiveIsFetched() async throws {
        let nginx = try Nginx { root in
            try GallerySite.stamps[0].picture.write(to: URL(fileURLWithPath: root + "/web.png"))
        }
        var text = ArchiveText()
        text.page(
            nginx.url("/gone.html"), "<img src=/web.png alt='A red dog'><img src=/held.png alt='A blue cat'>")
        text.picture(nginx.url("/held.png"), GallerySite.stamps[1].picture)
        let path = try folder.write("pages.warc.gz", text.gzip())
        let configuration = try CrawlFixture.configuration([])
        try await fixture.importing(.archives([path]), configuration)
        #expect(try pairs().map(\.text) == ["A blue cat", "A red dog"])
        let asked = try nginx.requests().map(\.path)
        #expect(asked.contains("/robots.txt") && asked.contains("/web.png") && !asked.contains("/held.png"))
    }

    @Test func pagesOfWATFiles() async throws {
        let json = """
            {"Envelope": {"Payload-Metadata": {"HTTP-Response-Metadata": {
              "Response-Message": {"Status": "200"}, "Headers": {"Content-Type": "text/html"},
              "HTML-Metadata": {
                "Head": {"Base": "http://img.test/", "Metas": [
                  {"property": "og:image", "content": "/card.png"}, {"property": "og:title", "content": "A blue bird"}]},
                "Links": [{"path": "IMG@/src", "url": "a.png", "alt": "A red dog"},
                  {"path": "A@/href", "url": "b.png", "text": "A cat"}, {"path": "A@/href", "url": "page.html"}]}}}}}
            """
        var text = ArchiveText()
        text.add("metadata", "http://page.test/", contentType: "application/json", block: Array(json.utf8))
        text.add("metadata", "http://page.test/x", contentType: "application/json", block: Array("[1".utf8))
        let path = try folder.write("pages.warc.wat", text.plain)
        let report = try await fixture.importing(.archives([path]), offline())
        #expect(report.progress.candidates == 3 && report.progress.imagesQueued == 3, "\(report.progress)")
    }

    @Test func damagedRecordsAreCounted() async throws {
        var text = ArchiveText()
        text.page("http://a.test/", "<img src=/a.png alt='A red dog'>")
        text.picture("http://a.test/broken.png", GallerySite.stamps[1].picture)
        text.picture("http://a.test/a.png", GallerySite.stamps[0].picture)
        var members = try text.records.map(gzipMember)
        members[1].removeSubrange(100..<200)
        let path = try folder.write("damaged.warc.gz", members.flatMap(\.self))
        let report = try await fixture.importing(.archives([path]), offline())
        #expect(try pairs().map(\.text) == ["A red dog"])
        #expect(report.progress.drops["row_record_damaged"] == 1)
    }
}
