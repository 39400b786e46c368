import Foundation
import TestSupport
import Testing

@testable import Crawler

@Suite struct ListRecordsTests {
    /// Bytes that come in pieces of random sizes, so that every place is once the end of what is in memory.
    private final class Pieces: ByteSource {
        private let bytes: [UInt8]
        private var position = 0
        private var random: SeededGenerator

        init(_ text: String, seed: UInt64) {
            bytes = Array(text.utf8)
            random = SeededGenerator(seed: seed)
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            let count = min(Int.random(in: 1...7, using: &random), bytes.count - position, buffer.count)
            buffer.copyBytes(from: bytes[position..<(position + count)])
            position += count
            return count
        }
    }

    private func csv(_ text: String, seed: UInt64 = 1) throws -> DelimitedRecords {
        try DelimitedRecords(Pieces(text, seed: seed), separator: UInt8(ascii: ","), hasQuotes: true)
    }

    /// All records as texts; "broken" and "too long" for what is none.
    private func all(_ records: any ListRecords) throws -> [[String]] {
        var rows: [[String]] = []
        while let record = try records.next() {
            switch record {
            case .row: rows.append(records.columns.indices.map { records.text($0) ?? "" })
            case .broken: rows.append(["broken"])
            case .tooLong: rows.append(["too long"])
            }
        }
        return rows
    }

    /// Random tables, written as RFC 4180 says, read back as they were.
    @Test(arguments: 0..<40)
    func whatIsWrittenIsReadBack(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let letters = ["a", "ä", "\"", ",", "\n", "\r\n", " ", "x"]
        let lineEnd = seed % 2 == 0 ? "\n" : "\r\n"
        func field() -> String {
            (0..<Int.random(in: 0...5, using: &random)).map { _ in letters.randomElement(using: &random) ?? ""
            }
            .joined()
        }
        func written(_ field: String) -> String {
            // Two characters to Swift, one to a reader of bytes.
            let special = field.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
            guard special || Bool.random(using: &random) else { return field }
            return "\"" + field.replacing("\"", with: "\"\"") + "\""
        }
        let rows = (0..<30).map { _ in ["k"] + (0..<2).map { _ in field() } }
        var text = (seed % 3 == 0 ? "\u{FEFF}" : "") + "key,one,two" + lineEnd
        for row in rows { text += row.map(written).joined(separator: ",") + lineEnd }
        if seed % 4 == 0 { text.removeLast() }
        let records = try csv(text, seed: UInt64(seed))
        #expect(records.columns == ["key", "one", "two"])
        #expect(try all(records) == rows)
    }

    @Test func brokenRowsDoNotSwallowOthers() throws {
        let text = "url,text\na,\"also\" stray,\n\nb\nc,\"never closed\nd,fine\n"
        #expect(
            try all(csv(text)) == [["a", "also"], ["b", ""], ["broken"], ["d", "fine"]],
            "what follows a closing quote is dropped, a blank line is none, an open quote costs its line")
        let long = "url,text\na,\"" + String(repeating: "x\n", count: 600_000) + "\"\nb,fine\n"
        let rows = try all(DelimitedRecords(MemoryBytes(Array(long.utf8)), separator: 0x2C, hasQuotes: true))
        #expect(rows.first == ["too long"])
        #expect(rows.last == ["b", "fine"])
    }

    @Test func tabSeparatedValuesKnowNoQuotes() throws {
        let text = "http://a.test/1.png\tA \"red\" dog\nhttp://a.test/2.png\t\"Half\n"
        let records = try DelimitedRecords(Pieces(text, seed: 3), separator: 0x09, hasQuotes: false)
        #expect(records.columns == ["1", "2"], "an address in the first row means that there is no header")
        #expect(
            try all(records) == [
                ["http://a.test/1.png", "A \"red\" dog"], ["http://a.test/2.png", "\"Half"],
            ])
    }

    @Test func jsonLines() throws {
        let text = """
            {"url": "http://a.test/1.png", "text": "A\\nb", "n": 5, "list": [1]}

            {"text": null, "url": "u"}
            not json
            [1]
            {"late": "x"}
            """
        let records = try JSONRecords(Pieces(text, seed: 4), asked: ["late"])
        #expect(records.columns == ["list", "n", "text", "url", "late"])
        #expect(
            try all(records) == [
                ["", "5", "A\nb", "http://a.test/1.png", ""], ["", "", "", "u", ""], ["broken"], ["broken"],
                ["", "", "", "", "x"],
            ])
    }

    @Test func anEmptyListHasNoColumns() throws {
        #expect(try csv("").columns.isEmpty)
        #expect(try JSONRecords(Pieces("", seed: 1), asked: []).columns.isEmpty)
    }

    // MARK: Columns

    @Test func columnsAreFoundByTheNamesOfPublishedLists() throws {
        let laion = try ListColumns(
            ["SAMPLE_ID", "URL", "TEXT", "HEIGHT", "LICENSE", "LANGUAGE"], ListOptions(), path: "laion")
        #expect(laion.url == 1 && laion.texts == [2] && laion.licence == 4 && laion.language == 5)
        #expect(laion.all == [1, 2, 4, 5])
        var options = ListOptions()
        options.textColumns = ["title", "2"]
        let named = try ListColumns(["title", "alt_text", "image_url"], options, path: "list")
        #expect(named.url == 2 && named.texts == [0, 1])
    }

    @Test func otherColumnsAreKept() throws {
        let names = ["url", "text", "a", "b", "lang"]
        func kept(_ asked: [String]) throws -> [Int] {
            var options = ListOptions()
            options.keptColumns = asked
            return try ListColumns(names, options, path: "x.csv").kept
        }
        #expect(try kept([]) == [] && kept(["b"]) == [3] && kept(["3", "b"]) == [2, 3])
        // What has a meaning of its own is kept as that.
        #expect(try kept(["all"]) == [2, 3] && kept(["all", "lang"]) == [2, 3])
        #expect(throws: CrawlerError.self) { try kept(["c"]) }
        let folder = try TemporaryFolder("wit-lists")
        let lines = [
            #"{"url": "http://a.test/1.png", "text": "x", "n": 0.5, "flag": true, "deep": {"a": 1}}"#,
            #"{"url": "http://a.test/2.png", "text": "x", "n": ""}"#,
        ]
        let path = try folder.write("list.jsonl", lines.joined(separator: "\n").utf8)
        var options = ListOptions()
        options.keptColumns = ["all"]
        let list = try URLList(path, options)
        #expect(try list.next()?.get().extra == ["n": "0.5", "flag": "1"])
        #expect(try list.next()?.get().extra == [:])
    }

    @Test func missingColumnsAreNamed() throws {
        let wrong = #expect(throws: CrawlerError.self) {
            try ListColumns(["a", "b"], ListOptions(), path: "x.csv")
        }
        #expect(
            "\(try wrong.required)"
                == "x.csv: no column of addresses found among a, b; name it with --url-column")
        var options = ListOptions()
        options.urlColumn = "c"
        let unknown = #expect(throws: CrawlerError.self) {
            try ListColumns(["a", "b"], options, path: "x.csv")
        }
        #expect("\(try unknown.required)" == "x.csv: has no column 'c'; it has a, b")
    }

    // MARK: Files

    @Test func listsAreOpenedByTheirNames() throws {
        let folder = try TemporaryFolder("wit-lists")
        let rows = "http://a.test/1.png\tA dog\nhttp://a.test/2.png\tA cat\n"
        try folder.write("plain.tsv", rows.utf8)
        try folder.write("plain", rows.utf8)
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
        gzip.arguments = ["-k", folder.file("plain.tsv")]
        try gzip.run()
        gzip.waitUntilExit()
        for name in ["plain.tsv", "plain.tsv.gz"] {
            let list = try URLList(folder.file(name), ListOptions())
            #expect(try list.next()?.get() == ListRow(url: "http://a.test/1.png", texts: ["A dog"]))
            #expect(try list.next()?.get().texts == ["A cat"])
            #expect(try list.next() == nil)
        }
        let nameless = #expect(throws: CrawlerError.self) {
            try URLList(folder.file("plain"), ListOptions())
        }
        #expect(
            "\(try nameless.required)".hasSuffix(
                "its name tells no format; say --format csv, tsv, jsonl or parquet"))
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("plain.tsv.gz"))))
        bytes.removeLast(12)
        try folder.write("cut.tsv.gz", bytes)
        let cut = #expect(throws: CrawlerError.self) {
            let list = try URLList(folder.file("cut.tsv.gz"), ListOptions())
            while try list.next() != nil {}
        }
        #expect("\(try cut.required)".contains("ends inside a gzip member"))
    }
}
