/// The part of a list that is in memory: from the row that is being read on.
struct ListWindow {
    /// Longer rows are no rows: captions and addresses take a few hundred bytes.
    static let maxRowBytes = 1 << 20
    private static let pieceBytes = 256 << 10

    private let source: any ByteSource
    private(set) var bytes: [UInt8] = []
    /// Where the row begins.
    var start = 0
    /// No bytes follow those in memory.
    private(set) var isAtEnd = false

    init(_ source: any ByteSource) { self.source = source }

    var isEmpty: Bool { start >= bytes.count }

    /// So much of the row is in memory that it is too long.
    var isFull: Bool { bytes.count - start > Self.maxRowBytes }

    /// Drops what lies before the row, and reads more.
    mutating func refill() throws {
        bytes.removeFirst(start)
        start = 0
        let piece = try [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, count in
            count = try source.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        isAtEnd = piece.isEmpty
        bytes += piece
    }

    /// Goes to the next line.
    mutating func skipLine() throws {
        while true {
            if let end = lineEnd() {
                start = end + 1
                return
            }
            start = bytes.count
            if isAtEnd { return }
            try refill()
        }
    }

    /// Where the first line of the row ends; nil when that is not in memory.
    func lineEnd() -> Int? { bytes[start...].firstIndex(of: UInt8(ascii: "\n")) }
}
