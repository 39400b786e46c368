internal import Foundation

/// Matches a stream of texts, one a line, in constant memory: for `wit queries match` and whoever has many texts.
///
/// One matcher is for one thread at a time. It allocates nothing for a text once its buffers have grown to the longest
/// line.
public struct LineMatcher: ~Copyable {
    /// The longest line that is matched. A longer one is no caption; it is skipped and counted.
    public static let maxLineBytes = 16 << 20
    /// Bytes matched at once, so that what passes between stages stays in the second-level cache.
    private static let chunkBytes = 1 << 15
    private static let readBytes = 1 << 18

    private var chunk: ChunkMatcher
    private var input = Buffer<UInt8>(capacity: 2 * Self.readBytes)

    /// A matcher of a bank's queries.
    public init(_ bank: QueryBank) { chunk = ChunkMatcher(bank.list.image) }

    /// A stretch of lines with their matches, valid only inside the call that gives it.
    public struct Batch: ~Copyable {
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
                let length = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
                let idEnd = Int(ends[index])
                let ids = UnsafeBufferPointer(start: rows + idStart, count: idEnd - idStart)
                try body(UnsafeRawBufferPointer(rebasing: rest[..<length]), ids)
                lineStart += min(length + 1, rest.count)
                idStart = idEnd
            }
        }
    }

    /// Matches lines that lie in memory; the last needs no newline. `body` gets them in order, some at a time.
    public mutating func match(
        _ bytes: UnsafeRawBufferPointer, body: (borrowing Batch) throws -> Void
    ) rethrows {
        var start = 0
        while start < bytes.count {
            let end = Self.chunkEnd(bytes, from: start)
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            chunk.match(piece, asLines: true)
            try body(
                Batch(
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
}

extension LineMatcher {
    /// Matches everything a file descriptor gives, until its end. Reading blocks: call it on a thread of its own.
    ///
    /// Throws `QueryBankError` when reading fails, and what `body` throws.
    public mutating func match(
        fileDescriptor: Int32, body: (borrowing Batch) throws -> Void
    ) throws -> MatchSummary {
        var summary = MatchSummary()
        let clock = ContinuousClock()
        let began = clock.now
        var filled = 0
        var isSkipping = false
        while true {
            input.reserve(filled + Self.readBytes, keeping: filled)
            let count = try Self.read(fileDescriptor, into: input.base + filled, count: Self.readBytes)
            summary.bytes += count
            filled += count
            let bytes = UnsafeRawBufferPointer(start: input.base, count: filled)
            var whole = count == 0 ? filled : bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            var start = 0
            if isSkipping, whole > 0 || count == 0 {
                start = bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? filled
                isSkipping = false
            }
            try match(UnsafeRawBufferPointer(rebasing: bytes[start..<max(start, whole)])) {
                summary.texts += $0.count
                summary.matches += $0.matchCount
                try body($0)
            }
            if count == 0 { break }
            if filled - whole > Self.maxLineBytes {
                summary.skippedTexts += isSkipping ? 0 : 1
                isSkipping = true
                whole = filled
            }
            input.base.update(from: input.base + whole, count: filled - whole)
            filled -= whole
        }
        let elapsed = (clock.now - began).components
        summary.seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
        return summary
    }

    private static func read(_ descriptor: Int32, into memory: UnsafeMutablePointer<UInt8>, count: Int) throws
        -> Int
    {
        while true {
            let result = Foundation.read(descriptor, memory, count)
            if result >= 0 { return result }
            if errno != EINTR {
                throw QueryBankError(
                    .cannotRead, "the texts cannot be read (\(String(cString: strerror(errno))))")
            }
        }
    }
}

/// What a run over a stream of texts came to; the JSON names are those of `wit queries match --count`.
public struct MatchSummary: Codable, Sendable, Equatable {
    /// Lines that were matched.
    public var texts = 0
    /// Bytes that were read.
    public var bytes = 0
    /// Matches, each query once a line.
    public var matches = 0
    /// Lines longer than `LineMatcher.maxLineBytes`, which were skipped.
    public var skippedTexts = 0
    /// Wall-clock time, reading included.
    public var seconds = 0.0

    /// Millions of bytes a second.
    public var megabytesPerSecond: Double { seconds > 0 ? Double(bytes) / 1e6 / seconds : 0 }

    /// An empty summary.
    public init() {}
}
