import Foundation
import QueryBank
import TestSupport
import Testing

@Suite struct QueryListTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("lists") }

    @Test func rowsKeepTheirNumbers() {
        let list = QueryList(texts: [
            "Cat", "black  dog", "cat", "", "Café", String(repeating: "x", count: 1025), "—",
        ])
        #expect(list.count == 7)
        #expect((0..<8).map { list.text(of: $0) } == ["cat", "black dog", "cat", "", "cafe", "", "", nil])
        #expect(list.id(of: "CAT") == 0)
        #expect(list.id(of: "cafe") == 4)
        #expect(list.id(of: "dog") == nil)
        #expect(list.id(of: "black") == nil)
        #expect(list.id(of: "") == nil)
        #expect(list.report.folded == [.init(row: 2, into: 0)])
        #expect(list.report.empty == [3, 6])
        #expect(list.report.refused == [5])
    }

    @Test func textsComeBackAsTheyWereNormalised() {
        var random = RandomText(seed: 11)
        let texts = (0..<1500).map { _ in random.next(pieces: 12) } + [String(repeating: "长", count: 300)]
        let list = QueryList(texts: texts)
        for (row, text) in texts.enumerated() {
            #expect(list.text(of: QueryID(row)) == list.normaliser.normalise(text))
        }
        for folded in list.report.folded {
            #expect(list.text(of: folded.row) == list.text(of: folded.into))
            #expect(folded.into < folded.row)
        }
    }

    @Test(arguments: ["list.tsv", "list.txt", "list.json"], [false, true])
    func everyKindOfFileGivesTheSameRows(name: String, isCompressed: Bool) throws {
        let texts = ["cat", "new york", "", "été", "東京"]
        let content =
            switch name {
            case "list.tsv": "cat\twordnet\t5\nnew york\twiki\t1.5\n\nété\twiki\t2\r\n東京\twiki\n"
            case "list.txt": "cat\nnew york\n\nété\r\n東京"
            default: "[\"cat\", \"new york\", \"\", \"\\u00e9t\\u00e9\", \"東京\"]"
            }
        var path = try folder.write(name, content.utf8)
        if isCompressed {
            #expect(try run("/usr/bin/gzip", path) == 0)
            path += ".gz"
        }
        let list = try QueryList(contentsOf: path)
        #expect((0..<5).map { list.text(of: $0) } == texts.map { TextNormaliser().normalise($0) })
        #expect(list.count == 5)
        #expect(list.sources == (name == "list.tsv" ? ["wordnet": 1, "wiki": 3] : [:]))
        if !isCompressed { #expect(list.sha256 == (try sha256(path))) }
    }

    @Test(arguments: [
        ("missing.txt", nil, QueryBankError.Code.cannotRead), ("list.csv", "a", .badFormat),
        ("list.json", "{\"a\": 1}", .badFormat), ("list.json", "[1, 2]", .badFormat),
        ("cut.txt.gz", "gzip", .badFormat), ("list.qbank", "nothing of the kind", .badFormat),
    ])
    func aBadFileSaysSo(name: String, content: String?, code: QueryBankError.Code) throws {
        if content == "gzip" {
            let path = try folder.write("cut.txt", Array(repeating: UInt8(ascii: "a"), count: 5000))
            #expect(try run("/usr/bin/gzip", path) == 0)
            try folder.write(name, Data(contentsOf: URL(fileURLWithPath: folder.file(name))).dropLast(6))
        } else if let content {
            try folder.write(name, content.utf8)
        }
        let error = #expect(throws: QueryBankError.self) { try QueryList(contentsOf: folder.file(name)) }
        #expect(error?.code == code)
        #expect(error?.description.contains(name) == true)
        #expect(error?.description.contains("\n") == false)
    }

    @Test func anEmptyListMatchesNothing() throws {
        let list = try QueryList(contentsOf: folder.write("empty.txt", []))
        #expect(list.count == 0)
        #expect(QueryBank(list).match("a cat") == [])
    }

    private func run(_ program: String, _ argument: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [argument]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func sha256(_ path: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        process.arguments = [path]
        process.standardOutput = output
        try process.run()
        process.waitUntilExit()
        return String(decoding: output.fileHandleForReading.readDataToEndOfFile().prefix(64), as: UTF8.self)
    }
}
