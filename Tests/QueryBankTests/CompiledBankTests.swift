import Foundation
import QueryBank
import TestSupport
import Testing

@Suite struct CompiledBankTests {
    private let folder: TemporaryFolder
    private let list = QueryList(
        texts: ["cat", "black cat", "Cat", "", "東京", "new york city", "antidisestablishmentarianism"])

    init() throws { folder = try TemporaryFolder("banks") }

    private func compiled() throws -> [UInt8] {
        try list.writeCompiled(to: folder.file("list.qbank"))
        return Array(try Data(contentsOf: URL(fileURLWithPath: folder.file("list.qbank"))))
    }

    @Test func aMappedBankIsTheListItWasMadeFrom() throws {
        _ = try compiled()
        let mapped = try QueryList(contentsOf: folder.file("list.qbank"))
        #expect(mapped.count == list.count)
        #expect(mapped.sha256 == list.sha256)
        #expect(mapped.report == list.report)
        #expect((0..<7).map { mapped.text(of: $0) } == (0..<7).map { list.text(of: $0) })
        #expect(mapped.id(of: "Antidisestablishmentarianism") == 6)
        #expect(QueryBank(mapped).match("Black cat, New York City") == [0, 1, 5])
    }

    @Test(arguments: TextNormaliser.Diacritics.allCases) func diacriticsAreThoseItWasMadeWith(
        diacritics: TextNormaliser.Diacritics
    ) throws {
        let path = folder.file("kept.qbank")
        try QueryList(texts: ["café"], diacritics: diacritics).writeCompiled(to: path)
        let bank = QueryBank(try QueryList(contentsOf: path))
        #expect(bank.match("CAFÉ") == [0])
        #expect(bank.match("cafe") == (diacritics == .fold ? [0] : []))
    }

    @Test func equalListsGiveEqualBytes() throws {
        let first = try compiled()
        try QueryList(contentsOf: folder.file("list.qbank")).writeCompiled(to: folder.file("again.qbank"))
        #expect(try Array(Data(contentsOf: URL(fileURLWithPath: folder.file("again.qbank")))) == first)
        let again = try compiled()
        #expect(again == first)
    }

    @Test func everyFlippedByteIsNoticed() throws {
        let bytes = try compiled()
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            let error = try refusal(of: damaged)
            let expected: QueryBankError.Code = index < 8 ? .badFormat : index < 16 ? .otherVersion : .damaged
            #expect(error?.code == expected, "byte \(index)")
        }
    }

    @Test func everyCutIsNoticed() throws {
        let bytes = try compiled()
        for count in Array(stride(from: 0, to: bytes.count, by: 61)) + [bytes.count - 64, bytes.count - 1] {
            #expect(try refusal(of: Array(bytes[..<count])) != nil, "\(count) bytes")
        }
        #expect(try refusal(of: bytes + [UInt8](repeating: 0, count: 64))?.code == .damaged)
    }

    private func refusal(of bytes: [UInt8]) throws -> QueryBankError? {
        let path = try folder.write("damaged.qbank", bytes)
        do {
            _ = try QueryList(contentsOf: path)
            return nil
        } catch let error as QueryBankError {
            return error
        }
    }

    @Test func aCacheIsMadeUsedAndMadeAgain() throws {
        let source = try folder.write("list.txt", "cat\nblack cat\n".utf8)
        let cache = folder.file("cache")
        func load() throws -> [QueryID] {
            QueryBank(try QueryList(contentsOf: source, cachedIn: cache)).match("black cats' cat")
        }
        #expect(try load() == [0])
        let entry = try #require(FileManager.default.contentsOfDirectory(atPath: cache).first)
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: "\(cache)/\(entry)"))
        #expect(try load() == [0])
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache) == [entry])
        try QueryList(texts: ["other", "cats"]).writeCompiled(to: "\(cache)/\(entry)")
        #expect(try load() == [1])
        try folder.write("list.txt", "dog\n".utf8)
        #expect(try load() == [])
        #expect(try QueryList(contentsOf: source, cachedIn: "/dev/null/no").count == 1)
    }

    @Test func aFolderThatIsNotThereIsNamed() {
        let error = #expect(throws: QueryBankError.self) {
            try list.writeCompiled(to: folder.file("no/such/list.qbank"))
        }
        #expect(error?.code == .cannotWrite)
    }

    /// A list of the size where tables are large: every row is found, and by nothing but itself.
    @Test func manyRows() throws {
        let texts = (0..<20_000).map { "w\($0 % 5000) v\($0 / 5000)" } + (0..<20_000).map { "solo\($0)" }
        let bank = QueryBank(QueryList(texts: texts))
        for (row, text) in texts.enumerated() { #expect(bank.match(text) == [QueryID(row)]) }
        #expect(bank.match("w4999 v4 v3") == [])
    }
}
