import Foundation
import TestSupport
import Testing

@testable import QueryBank

@Suite struct ByteStreamTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Half a megabyte, so that every reader needs several pieces.
    private static let sample: [UInt8] = {
        var generator = SeededGenerator(seed: 1)
        return (0..<500_000).map { _ in "ab\n ".utf8.map { $0 }[generator.below(4)] }
    }()

    private func contents(_ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try ByteStream(path: path).forEachPiece { bytes.append(contentsOf: $0) }
        return bytes
    }

    @Test func plainAndGzipAndBzip2GiveTheSameBytes() throws {
        let plain = try folder.write("plain", Self.sample)
        let list = BuiltList(
            entries: [.init(text: "cat", source: .word, score: 3)], tallies: [:])
        _ = try list.write(to: folder.file("list.tsv.gz"), command: "")
        #expect(try contents(plain) == Self.sample)
        #expect(try contents(folder.file("list.tsv.gz")) == Array("cat\twiki_word\t3\n".utf8))
        #expect(try contents(folder.write("one.bz2", Compressed.bzip2(Self.sample))) == Self.sample)
        #expect(try contents(folder.write("empty", [])).isEmpty)
        #expect(try contents(folder.write("empty.bz2", Compressed.bzip2([]))).isEmpty)
    }

    @Test func manyStreamsAreOneFile() throws {
        let pieces = stride(from: 0, to: Self.sample.count, by: 90_001).map {
            Array(Self.sample[$0..<min($0 + 90_001, Self.sample.count)])
        }
        let path = try folder.write("many.bz2", Compressed.multistream(pieces))
        #expect(try contents(path) == Self.sample)
        #expect(try ByteStream(path: path).positionOnDisk == 0)
    }

    @Test func aFileThatWasCutIsRefused() throws {
        let whole = try Compressed.bzip2(Self.sample)
        let cut = try folder.write("cut.bz2", whole.dropLast(whole.count / 3))
        #expect(throws: QueryBankError.self) { try contents(cut) }
        var flipped = whole
        flipped[flipped.count / 2] ^= 0xFF
        let damaged = try folder.write("damaged.bz2", flipped)
        let error = #expect(throws: QueryBankError.self) { try contents(damaged) }
        #expect(error?.description.hasPrefix(damaged) == true)
        #expect(throws: QueryBankError.self) { try ByteStream(path: folder.file("none")) }
    }

    @Test func linesAreThoseOfASplit() throws {
        for sample in [Self.sample, Self.sample + Array("last".utf8), Array("\n\n".utf8), []] {
            var expected = sample.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(
                Array.init)
            // What follows the last newline is a line only when there is something.
            if expected.last?.isEmpty ?? false { expected.removeLast() }
            var lines: [[UInt8]] = []
            try ByteStream(path: folder.write("lines", sample)).forEachLine { lines.append(Array($0)) }
            #expect(lines == expected)
        }
    }

    @Test func aLineBeyondTheLimitIsLeftOut() throws {
        let long = String(repeating: "x", count: 700_000)
        let path = try folder.write("long", "a\n\(long)\nb\n12345\n123456\n".utf8)
        var lines: [String] = []
        let skipped = try ByteStream(path: path).forEachLine(maxLineBytes: 5) { lines.append($0.text) }
        #expect(lines == ["a", "b", "12345"])
        #expect(skipped == 2)
    }

    @Test func fieldsKeepEmptyOnes() {
        let line = Array("a  b ".utf8)
        #expect(line.withUnsafeBytes { $0.fields(separatedBy: 32).map(\.text) } == ["a", "", "b", ""])
    }
}
