import Fetch
import Foundation
import TestSupport
import Testing

@testable import Crawler

@Suite struct ArchiveReaderTests {
    /// What a reader finds: each record's target, its block, and how many places were damaged.
    private func read(_ source: any ByteSource, limit: Int = 1 << 30) throws -> (
        found: [String], damages: Int
    ) {
        var reader = ArchiveReader(source)
        var found: [String] = []
        while let record = try reader.next() {
            // Every third block is passed over unread.
            if found.count % 3 == 2 {
                found.append(record.target)
            } else if let block = try reader.block(limit: limit) {
                found.append("\(record.target) \(block.bytes.count) \(block.isCut)")
            } else {
                found.append("\(record.target) damaged")
            }
        }
        return (found, reader.damages)
    }

    private func gzip(_ bytes: [UInt8]) throws -> GzipBytes {
        try GzipBytes(MemoryBytes(bytes), name: "test", keepsMembers: true)
    }

    private func archive(_ count: Int, seed: UInt64 = 1) -> (text: ArchiveText, expected: [String]) {
        var random = SeededGenerator(seed: seed)
        var text = ArchiveText()
        var expected: [String] = []
        for number in 0..<count {
            let size = Int.random(in: 0...(number % 7 == 0 ? 300_000 : 2_000), using: &random)
            let block = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let target = "http://a.test/\(number)"
            text.add(
                "response", target, contentType: "x/y", block: block, version: number % 2 == 0 ? "1.0" : "1.1"
            )
            expected.append(number % 3 == 2 ? target : "\(target) \(size) false")
        }
        return (text, expected)
    }

    @Test func recordsOfAllPackingsAreTheSame() throws {
        let (text, expected) = archive(40)
        #expect(try read(MemoryBytes(text.plain)) == (expected, 0))
        #expect(try read(gzip(text.gzip())) == (expected, 0))
        // The whole file in one member, as gzip itself makes it.
        #expect(try read(gzip(gzipMember(text.plain))) == (expected, 0))
    }

    /// A frame a record, all in one frame, and frames behind a dictionary, packed or plain, that the file begins with.
    @Test func zstandardIsReadAsGzipIs() throws {
        let (text, expected) = archive(40)
        func read(_ bytes: [UInt8]) throws -> (found: [String], damages: Int) {
            try self.read(ZstdBytes(MemoryBytes(bytes), name: "test", keepsMembers: true))
        }
        let frames = try text.records.map { try zstdFrame($0) }
        #expect(try read(frames.flatMap(\.self)) == (expected, 0))
        #expect(try read(zstdFrame(text.plain, ["--no-check"])) == (expected, 0))
        let folder = try TemporaryFolder("wit-zstd")
        let words = Array(text.plain.prefix(20_000))
        let path = try folder.write("dictionary", words)
        let packed = try text.records.flatMap { try zstdFrame($0, ["-D", path]) }
        for dictionary in [words, try zstdFrame(words)] {
            let size = (0..<4).map { UInt8(truncatingIfNeeded: dictionary.count >> (8 * $0)) }
            #expect(try read([0x5D, 0x2A, 0x4D, 0x18] + size + dictionary + packed) == (expected, 0))
        }
        #expect(try read(packed).damages > 0, "without its dictionary")
        // A damaged frame costs its own record, and the last one that breaks off is one more damaged place.
        var broken = frames
        broken[4].removeSubrange(20..<60)
        broken[39].removeLast(10)
        let (found, damages) = try read(broken.flatMap(\.self))
        let targets = Set(found.map { String($0.prefix { $0 != " " }) })
        #expect((0..<39).filter { $0 != 4 }.allSatisfy { targets.contains("http://a.test/\($0)") })
        #expect(damages >= 2)
    }

    @Test func longBlocksAreCut() throws {
        var text = ArchiveText()
        text.add(
            "resource", "<http://a.test/>", contentType: "text/html",
            block: [UInt8](repeating: 65, count: 5_000))
        text.add("resource", "http://a.test/b", contentType: "text/html", block: [66])
        let cut = try read(MemoryBytes(text.plain), limit: 100)
        #expect(cut == (["http://a.test/ 100 true", "http://a.test/b 1 false"], 0))
    }

    /// A gzip member with flipped or missing bytes costs its own record, and none of the others.
    @Test(arguments: 0..<20)
    func damageCostsItsRecordAlone(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let (text, expected) = archive(30, seed: UInt64(seed) + 50)
        var members = try text.records.map(gzipMember)
        let victim = Int.random(in: 0..<29, using: &random)
        if Bool.random(using: &random) {
            members[victim].removeLast(Int.random(in: 1...(members[victim].count - 30), using: &random))
        } else {
            let place = Int.random(in: 12..<(members[victim].count - 12), using: &random)
            for offset in 0..<8 { members[victim][place + offset - 4] ^= 0xFF }
        }
        let (found, damages) = try read(gzip(members.flatMap(\.self)))
        let others = expected.indices.filter { $0 != victim }.map { "http://a.test/\($0)" }
        let targets = Set(found.map { String($0.prefix { $0 != " " }) })
        #expect(others.allSatisfy(targets.contains), "\(victim): \(Set(others).subtracting(targets))")
        #expect(damages >= 1)
    }

    @Test func damageInAPlainFileEndsAtTheNextRecord() throws {
        let (text, _) = archive(9)
        var records = text.records
        records[3] = Array("no record at all\r\n\r\n".utf8)
        records[5] = Array("WARC/1.0\r\nWARC-Type: response\r\nContent-Length: many\r\n\r\nx\r\n\r\n".utf8)
        let (found, damages) = try read(MemoryBytes(records.flatMap(\.self)))
        #expect(found.count == 7)
        #expect(damages == 2)
        let cut = try read(MemoryBytes(Array(text.plain.dropLast(200))))
        #expect(cut.found.count == 9 && cut.damages == 1)
        #expect(try read(MemoryBytes([UInt8](repeating: 7, count: 3_000_000))) == ([], 1))
        #expect(try read(MemoryBytes([])) == ([], 0))
    }

    /// A record that says it is longer than its member is cut there.
    @Test func aMemberEndsItsRecord() throws {
        let (text, _) = archive(4)
        var records = text.records
        records[1] = Array(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.test/1\r\nContent-Length: 999999\r\n\r\nshort"
                .utf8)
        let (found, damages) = try read(gzip(records.flatMap(gzipMember)))
        #expect(found.map { $0.prefix(15) } == (0..<4).map { "http://a.test/\($0)" })
        #expect(found[1] == "http://a.test/1 damaged" && damages == 1)
    }

    // MARK: ARC

    private func arc(_ blocks: [(target: String, block: String)]) -> [[UInt8]] {
        let head = "1 0 wit test\nURL IP-address Archive-date Content-type Archive-length\n"
        let records = [("filedesc://test.arc", head)] + blocks.map { ($0.target, $0.block) }
        return records.map { target, block in
            [UInt8]("\(target) 192.0.2.1 20140216050221 text/html \(block.utf8.count)\n\(block)\n".utf8)
        }
    }

    private static let answer = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>http\nhttp://x 1\n</p>"

    /// The format before WARC, plain and with a member for each record: a line, a block, a line end.
    @Test func arcFilesAreRead() throws {
        let blocks = (0..<9).map { ("http://a.test/\($0) b", Self.answer + String($0)) }
        let records = arc(blocks + [("dns:a.test", "a.test 1 IN A 192.0.2.1\n")])
        let packed = try records.flatMap(gzipMember)
        for source: any ByteSource in [MemoryBytes(records.flatMap(\.self)), try gzip(packed)] {
            var reader = ArchiveReader(source)
            var found: [ArchiveRecord] = []
            while let record = try reader.next() {
                found.append(record)
                if found.count % 3 != 0 {
                    let block = try #require(try reader.block(limit: .max))
                    #expect(block.bytes.count == record.length)
                }
            }
            #expect(found.count == 11 && reader.damages == 0)
            #expect(found.map(\.type) == ["warcinfo"] + Array(repeating: "response", count: 9) + ["resource"])
            #expect(found[1].target == "http://a.test/0 b" && found[1].contentType == "application/http")
            #expect(ArchiveDate.milliseconds(found[1].date) == 1_392_526_941_000)
        }
    }

    /// What lies between a damaged record and the next is passed over, lines in it that look like one included.
    @Test func damageInAnARCFileEndsAtTheNextRecord() throws {
        var records = arc((0..<6).map { ("http://a.test/\($0)", Self.answer) })
        records[2] = [UInt8]("http://a.test/1 192.0.2.1 20140216050221 text/html many\n\(Self.answer)\n".utf8)
        records[4] = [UInt8]("no record\n".utf8)
        let (found, damages) = try read(MemoryBytes(records.flatMap(\.self)))
        let targets = found.map { String($0.prefix { $0 != " " }) }
        #expect(targets == ["filedesc://test.arc"] + [0, 2, 4, 5].map { "http://a.test/\($0)" })
        #expect(damages == 2)
        // Without the record that such files begin with, they are none.
        #expect(try read(MemoryBytes(records[1])) == ([], 1))
    }

    // MARK: Answers

    @Test func bodiesComeOutOfChunksAndCodings() throws {
        let body = [UInt8]("<p>Hello, hello, hello</p>".utf8)
        let packed = try gzipMember(body)
        let chunked =
            [UInt8]("5;x=y\r\n".utf8) + body[..<5] + [UInt8]("\r\n15\r\n".utf8) + body[5...]
            + [UInt8]("\r\n0\r\n\r\n".utf8)
        let cases: [(head: String, block: [UInt8])] = [
            ("", body), ("Transfer-Encoding: chunked\r\n", chunked), ("Transfer-Encoding: chunked\r\n", body),
            ("Content-Encoding: gzip\r\n", packed), ("Content-Encoding: gzip\r\n", body),
        ]
        for (head, block) in cases {
            let message = [UInt8]("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\(head)\r\n".utf8) + block
            let response = parsed(message)
            #expect(response?.body == body, "\(head)")
            #expect(response?.headers["content-type"] == "text/html")
        }
        let bomb = try gzipMember([UInt8](repeating: 0, count: 100_000))
        let message = [UInt8]("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".utf8) + bomb
        #expect(parsed(message) == nil)
        #expect(parsed([1, 2, 3]) == nil)
    }

    private func parsed(_ message: [UInt8]) -> FetchResponse? {
        message.withUnsafeBytes {
            ArchivedResponse.parse($0, url: "http://a.test/", isCut: false, maxBytes: 1_000)
        }
    }

    @Test func datesAreRead() {
        #expect(ArchiveDate.milliseconds("2026-01-02T03:04:05Z") == 1_767_323_045_000)
        #expect(ArchiveDate.milliseconds("2026-01-02T03:04:05.250Z") == 1_767_323_045_250)
        #expect(ArchiveDate.milliseconds("yesterday") == nil)
    }
}
