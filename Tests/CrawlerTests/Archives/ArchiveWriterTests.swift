import Digest
import Fetch
import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

@testable import Crawler

/// What a crawl writes as WARC.
@Suite(.serialized) struct ArchiveWriterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("wit-warc") }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.file("warc")).sorted()
            .map { folder.file("warc/") + $0 }
    }

    private func crawl(_ nginx: Nginx, perQuery: Int) async throws -> CrawlFixture {
        let live = try CrawlFixture(perQuery: perQuery)
        var configuration = try CrawlFixture.configuration([nginx.url("/")])
        configuration.archiveFolder = folder.file("warc")
        try await live.crawl(configuration)
        return live
    }

    /// A site crawled live, and imported from what the crawl wrote: the same pairs and claims, without a request.
    @Test func theArchiveOfACrawlGivesItsSet() async throws {
        let site = GallerySite(pages: 30, picturesPerPage: 6, seed: 31)
        let nginx = try Nginx { try site.write(to: $0) }
        let live = try await crawl(nginx, perQuery: 30)
        let asked = try nginx.requests().count
        let paths = try files()
        #expect(paths.count == 1 && paths[0].hasSuffix(".warc.gz"))
        let copy = try CrawlFixture(perQuery: 30)
        var configuration = try CrawlFixture.configuration([])
        configuration.isOffline = true
        let report = try await copy.importing(.archives(paths), configuration)
        #expect(try copy.set() == live.set() && live.set() == oracle(site, nginx, live))
        #expect(try nginx.requests().count == asked)
        #expect(report.progress.drops["row_record_damaged"] == nil)
        let types = try ArchiveSuite.records(of: paths[0]).records.map { $0.prefix { $0 != " " } }
        #expect(types.first == "warcinfo" && types.contains("revisit"))
        #expect(types.count { $0 == "request" } == asked)
        #expect(types.count { $0 == "response" || $0 == "revisit" } == asked)
    }

    /// A killed run's file is cut behind its last whole record, and named, by the next run.
    @Test func whatAKilledRunLeftIsEnded() async throws {
        let site = GallerySite(pages: 6, picturesPerPage: 4, seed: 32)
        let nginx = try Nginx { try site.write(to: $0) }
        _ = try await crawl(nginx, perQuery: 100)
        let whole = try files()[0]
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: whole)))
        let expected = try ArchiveSuite.records(of: whole).records
        try FileManager.default.removeItem(atPath: whole)
        try Data(bytes.dropLast(20)).write(to: URL(fileURLWithPath: whole + ".part"))
        let empty = folder.file("warc/wit-0.warc.gz.part")
        try Data().write(to: URL(fileURLWithPath: empty))
        let writer = try ArchiveWriter(folder.file("warc"), userAgent: "wit-test/1.0")
        try await writer.close()
        #expect(try files() == [whole])
        let (found, damages) = try ArchiveSuite.records(of: whole)
        #expect(found == Array(expected.dropLast()) && damages == 0)
    }

    @Test func filesAreEndedAtTheirSize() async throws {
        let writer = try ArchiveWriter(folder.file("warc"), userAgent: "wit-test/1.0", maxFileBytes: 4_000)
        for number in 0..<8 {
            let url = "http://a.test/\(number)"
            let body = (0..<3_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* (number + 7)) }
            try await writer.write(
                FetchRequest(url: url, maxBodyBytes: 1),
                .response(FetchResponse(url: url, status: 200, body: body)))
            try await writer.write(
                FetchRequest(url: url, maxBodyBytes: 1), .failure(FetchFailure(.dnsFailed, url: url)))
        }
        try await writer.close()
        #expect(try files().count > 1)
        #expect(try files().allSatisfy { try ArchiveSuite.records(of: $0).damages == 0 })
    }

    /// Today's readers read back every record, digests checked.
    @Test(.enabled(if: testPython != nil, "needs WIT_TEST_PYTHON (scripts/setup-test-python)"))
    func todaysReadersReadItBack() async throws {
        let site = GallerySite(pages: 10, picturesPerPage: 6, seed: 33)
        let nginx = try Nginx(locations: "gzip on; gzip_min_length 1;") { try site.write(to: $0) }
        _ = try await crawl(nginx, perQuery: 100)
        let path = try files()[0]
        let script = folder.file("read.py")
        try folder.write("read.py", Self.script.utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try testPython.required)
        process.arguments = [script, path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let ours = try ArchiveSuite.records(of: path).records
        for line in String(decoding: said, as: UTF8.self).split(separator: "\n") {
            let peer = try JSONDecoder().decode(ArchiveSuite.Listing.self, from: Data(line.utf8))
            #expect(peer.records.map(\.text) == ours, "\(peer.reader)")
            #expect(peer.failure == nil, "\(peer.reader): \(peer.failure ?? "")")
        }
    }

    private static let script = """
        import hashlib, json, sys
        from fastwarc.warc import ArchiveIterator as FastIterator
        from warcio.archiveiterator import ArchiveIterator
        from warcio.digestverifyingreader import DigestChecker

        def row(kind, target, block):
            return [kind, target or "", len(block), hashlib.sha256(block).hexdigest()]

        def warcio():
            for record in ArchiveIterator(open(sys.argv[1], "rb"), no_record_parse=True):
                yield row(record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.raw_stream.read())
            for record in ArchiveIterator(open(sys.argv[1], "rb"), check_digests="raise"):
                body = record.content_stream().read()
                if record.rec_type == "response":
                    assert record.http_headers.get_statuscode().isdigit()
                    known = record.rec_headers.get_header("WARC-Payload-Digest")
                    assert known == "sha256:" + hashlib.sha256(body).hexdigest(), known

        def fastwarc():
            for record in FastIterator(open(sys.argv[1], "rb"), parse_http=False):
                headers = record.headers
                yield row(headers["WARC-Type"], headers.get("WARC-Target-URI"), record.reader.read())

        for reader in (warcio, fastwarc):
            print(json.dumps({"file": "", "reader": reader.__name__, "records": list(reader()), "failure": None}))
        """
}
