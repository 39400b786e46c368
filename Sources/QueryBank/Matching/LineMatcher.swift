internal import Foundation

/// Matches many texts, one a line, in constant memory: for `wit queries match` and whoever has a file of them.
///
/// One matcher is for one thread at a time. It allocates nothing for a text once its buffers have grown to the longest
/// line.
public struct LineMatcher: ~Copyable {
    /// The longest line of a stream that is matched. A longer one is no caption; it is skipped and counted.
    public static let maxLineBytes = 16 << 20
    /// Bytes matched at once, so that what passes between stages stays in the second-level cache.
    private static let chunkBytes = 1 << 15

    private var chunk: ChunkMatcher

    /// A matcher of a bank's queries.
    public init(_ bank: QueryBank) { chunk = ChunkMatcher(bank.list.image) }

    /// Matches lines that lie in memory; the last needs no newline. `body` gets them in order, some at a time.
    public mutating func match(
        _ bytes: UnsafeRawBufferPointer, body: (borrowing LineBatch) throws -> Void
    ) rethrows {
        var start = 0
        while start < bytes.count {
            let end = Self.chunkEnd(bytes, from: start)
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            chunk.match(piece, asLines: true)
            try body(
                LineBatch(
                    count: chunk.textCount, matchCount: chunk.matchCount, bytes: piece, rows: chunk.sortedIDs,
                    ends: chunk.rowEnds))
            start = end
        }
    }

    /// The end of the last line that ends within a chunk's length, or of the first line if that is longer.
    private static func chunkEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let limit = min(start + chunkBytes, bytes.count)
        if limit == bytes.count { return limit }
        if let last = bytes[start..<limit].lastIndex(of: UInt8(ascii: "\n")) { return last + 1 }
        return bytes[limit...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
    }

    /// Matches everything a file descriptor gives, until its end. Reading blocks: call it on a thread of its own.
    ///
    /// Throws `QueryBankError` when reading fails, and what `body` throws.
    public mutating func match(
        fileDescriptor: Int32, body: (borrowing LineBatch) throws -> Void
    ) throws -> MatchSummary {
        var summary = MatchSummary()
        var reader = LineReader(fileDescriptor, maxLineBytes: Self.maxLineBytes)
        let began = ContinuousClock.now
        while let lines = try reader.next() {
            try match(lines) { batch in
                summary.texts += batch.count
                summary.matches += batch.matchCount
                try body(batch)
            }
        }
        let elapsed = (ContinuousClock.now - began).components
        summary.seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
        summary.bytes = reader.bytesRead
        summary.skippedTexts = reader.skippedLines
        return summary
    }
}

/// A stretch of lines with their matches, valid only inside the call that gives it.
public struct LineBatch: ~Copyable {
    /// Lines in the batch.
    public let count: Int
    /// Matches of all of them.
    public let matchCount: Int
    fileprivate let bytes: UnsafeRawBufferPointer
    fileprivate let rows: UnsafePointer<QueryID>
    fileprivate let ends: UnsafePointer<UInt32>

    /// Gives each line, without its newline, and its ids: ascending, each once.
    public func forEach(
        _ body: (_ line: UnsafeRawBufferPointer, _ ids: UnsafeBufferPointer<QueryID>) throws -> Void
    ) rethrows {
        var (lineStart, idStart) = (0, 0)
        for index in 0..<count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[lineStart...])
            let length = Self.lengthOfLine(rest)
            let idEnd = Int(ends[index])
            let ids = UnsafeBufferPointer(start: rows + idStart, count: idEnd - idStart)
            try body(UnsafeRawBufferPointer(rebasing: rest[..<length]), ids)
            lineStart += min(length + 1, rest.count)
            idStart = idEnd
        }
    }

    /// Gives the ids of each line, without looking for the lines themselves.
    public func forEachRow(_ body: (_ ids: UnsafeBufferPointer<QueryID>) throws -> Void) rethrows {
        var start = 0
        for index in 0..<count {
            let end = Int(ends[index])
            try body(UnsafeBufferPointer(start: rows + start, count: end - start))
            start = end
        }
    }

    private static func lengthOfLine(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let start = bytes.baseAddress, let newline = memchr(start, 0x0A, bytes.count) else {
            return bytes.count
        }
        return UnsafeRawPointer(newline) - start
    }
}
