import Digest
import Foundation
import TestSupport
import Testing

@testable import Crawler

/// Archives that others wrote, and what today's readers find in them.
@Suite(
    .enabled(if: ArchiveSuite.folder != nil, "WIT_TEST_SUITES names no folder (scripts/fetch-archive-suites)")
)
struct ArchiveSuiteTests {
    /// Every file gives record for record what warcio or FastWARC gives, where one of them reads it to its end, and where
    /// they agree nothing counts as damaged; of a file that neither reads, no less than either.
    @Test func recordsAreThoseOfTodaysReaders() throws {
        let folder = try ArchiveSuite.folder.required
        let lines = try String(contentsOfFile: folder + "/records.jsonl", encoding: .utf8).split(
            separator: "\n")
        let listings = try lines.map {
            try JSONDecoder().decode(ArchiveSuite.Listing.self, from: Data($0.utf8))
        }
        let files = Dictionary(grouping: listings, by: \.file)
        #expect(files.count >= 13)
        for (name, peers) in files {
            let (records, damages) = try ArchiveSuite.records(of: folder + "/" + name)
            let whole = peers.filter { $0.failure == nil }.map { $0.records.map(\.text) }
            #expect(whole.isEmpty || whole.contains(records), "\(name)")
            if whole.count == peers.count, whole.allSatisfy({ $0 == whole[0] }) {
                #expect(damages == 0, "\(name)")
            }
            for peer in peers where peer.failure != nil {
                #expect(Set(peer.records.map(\.text)).isSubset(of: records), "\(name), \(peer.reader)")
            }
        }
    }

    /// Nothing in them ends an import.
    @Test func allOfThemAreImported() async throws {
        let folder = try ArchiveSuite.folder.required
        let paths = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .filter { $0.contains("arc") && $0 != "records.jsonl" }.map { folder + "/" + $0 }
        let fixture = try CrawlFixture(perQuery: 100)
        var configuration = CrawlConfiguration(seeds: [], userAgent: "wit")
        configuration.isOffline = true
        let report = try await fixture.importing(.archives(paths), configuration)
        #expect(report.end == .exhausted && report.progress.rows > 400)
    }
}

enum ArchiveSuite {
    struct Listing: Decodable {
        struct Record: Decodable {
            let text: String

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                let (type, target) = (try values.decode(String.self), try values.decode(String.self))
                text = "\(type) \(target) \(try values.decode(Int.self)) \(try values.decode(String.self))"
            }
        }

        let file: String
        let reader: String
        let records: [Record]
        let failure: String?
    }

    static let folder: String? = {
        let suites = ProcessInfo.processInfo.environment["WIT_TEST_SUITES"]
        let folder = suites.map { $0 + "/archives" }
        return folder.flatMap { FileManager.default.fileExists(atPath: $0 + "/complete") ? $0 : nil }
    }()

    /// All records of a file as the listing has them, and how many places were damaged.
    static func records(of path: String) throws -> (records: [String], damages: Int) {
        var reader = try ArchiveReader(path: path)
        var found: [String] = []
        while let record = try reader.next() {
            guard let block = try reader.block(limit: .max) else { continue }
            // The record that an ARC file begins with is none to its peers.
            if record.target.hasPrefix("filedesc:") { continue }
            let digest = SHA256Digest(of: block.bytes).hex
            found.append("\(record.type) \(record.target) \(block.bytes.count) \(digest)")
        }
        return (found, reader.damages)
    }
}
