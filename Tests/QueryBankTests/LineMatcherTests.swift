import Foundation
import QueryBank
import TestSupport
import Testing

@Suite struct LineMatcherTests {
    private let bank = QueryBank(QueryList(texts: ["cat", "black cat", "dog"]))

    private func run(_ bytes: [UInt8]) throws -> (summary: MatchSummary, lines: [String], ids: [[QueryID]]) {
        let folder = try TemporaryFolder("lines")
        let file = try #require(FileHandle(forReadingAtPath: folder.write("lines.txt", bytes)))
        var matcher = LineMatcher(bank)
        var (lines, ids): ([String], [[QueryID]]) = ([], [])
        let summary = try matcher.match(fileDescriptor: file.fileDescriptor) { batch in
            batch.forEach {
                lines.append(String(decoding: $0, as: UTF8.self))
                ids.append(Array($1))
            }
        }
        return (summary, lines, ids)
    }

    @Test(arguments: ["", "\n", "cat", "cat\n", "\n\ndog\n\n", "a\0cat\nblack\ncat", "\r\nblack cat\r\n"])
    func linesComeBackInOrder(text: String) throws {
        let (summary, lines, ids) = try run(Array(text.utf8))
        var expected = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String($0) ?? ""
        }
        if expected.last == "" { expected.removeLast() }
        #expect(lines.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
        #expect(ids == expected.map(bank.match))
        #expect(summary.texts == expected.count && summary.bytes == text.utf8.count)
        #expect(summary.matches == ids.joined().count && summary.skippedTexts == 0)
    }

    /// Lines that straddle every boundary of chunks and reads.
    @Test func manyLinesOfManyLengths() throws {
        var generator = SeededGenerator(seed: 4)
        let lines = (0..<1500).map { _ in
            let words = ["cat", "black", "dog", "zebra", "猫"]
            let count = Int.random(in: 0..<10, using: &generator) == 0 ? 4000 : 30
            return (0..<Int.random(in: 0...count, using: &generator)).map { _ in
                words[Int.random(in: 0..<5, using: &generator)]
            }.joined(separator: " ")
        }
        let (summary, read, ids) = try run(Array(lines.joined(separator: "\n").utf8))
        #expect(read == lines)
        #expect(summary.texts == lines.count)
        let expected = lines.map { line -> [QueryID] in
            let text = " \(line) "
            return [
                text.contains(" cat ") ? 0 : nil, text.contains(" black cat ") ? 1 : nil,
                text.contains(" dog ") ? 2 : nil,
            ]
            .compactMap { $0 }
        }
        #expect(ids == expected)
    }

    @Test func aLineBeyondTheLimitIsSkippedAndCounted() throws {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: LineMatcher.maxLineBytes + (1 << 19))
        let (summary, lines, ids) = try run(Array("cat\n".utf8) + long + Array("\ndog\nblack cat".utf8))
        #expect(lines == ["cat", "dog", "black cat"])
        #expect(ids == [[0], [2], [0, 1]])
        #expect(summary.skippedTexts == 1 && summary.texts == 3)
        #expect(try run(long).summary.skippedTexts == 1)
    }

    @Test func aDescriptorThatCannotBeReadIsAnError() {
        #expect(throws: QueryBankError.self) {
            var matcher = LineMatcher(bank)
            _ = try matcher.match(fileDescriptor: -1) { _ in }
        }
    }

    @Test func jsonLinesAreReadBackByFoundation() throws {
        let encoder = MatchLineEncoder(bank.list)
        var output: [UInt8] = []
        let texts = ["a \"black\" cat\\", "", "\u{0}\u{1F}\t\u{7F}", "猫 🐈 é"]
        for text in texts {
            Array(text.utf8).withUnsafeBytes { encoder.append($0, ids: bank.match(text), to: &output) }
        }
        [0x63, 0xFF, 0x61].withUnsafeBytes { encoder.append($0, ids: [], to: &output) }
        let rows = try output.split(separator: UInt8(ascii: "\n")).map {
            try #require(JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
        }
        #expect(rows.dropLast().map { $0["text"] as? String } == texts)
        let queries = rows[0]["queries"] as? [[String: Any]]
        #expect(queries?.map { $0["id"] as? Int } == [0, 1])
        #expect(queries?.map { $0["query"] as? String } == ["cat", "black cat"])
        #expect((rows[4]["text"] as? String)?.unicodeScalars.contains("\u{FFFD}") == true)
    }

    @Test func theSummaryHasTheNamesOfTheCommandLine() throws {
        let summary = try run(Array("cat\n".utf8)).summary
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(summary)) as? [String: Any]
        let names = Set((json ?? [:]).keys)
        #expect(names.isSuperset(of: ["texts", "bytes", "matches", "seconds", "megabytes_per_second"]))
    }
}
