internal import Foundation

/// Reads a stream as stretches of whole lines, holding no more than the longest line and one read.
struct LineReader: ~Copyable {
    private static let readBytes = 1 << 18

    private let descriptor: Int32
    private let maxLineBytes: Int
    private var buffer = Buffer<UInt8>(capacity: 2 * readBytes)
    /// Bytes in the buffer, and how many of them the last stretch took.
    private var filled = 0
    private var taken = 0
    private var isSkipping = false
    /// Bytes read so far.
    private(set) var bytesRead = 0
    /// Lines that were too long, so far.
    private(set) var skippedLines = 0

    init(_ descriptor: Int32, maxLineBytes: Int) {
        self.descriptor = descriptor
        self.maxLineBytes = maxLineBytes
    }

    /// The next lines, valid until the next call; `nil` at the end. Only the very last may lack its newline.
    mutating func next() throws -> UnsafeRawBufferPointer? {
        buffer.base.update(from: buffer.base + taken, count: filled - taken)
        filled -= taken
        taken = 0
        while true {
            buffer.reserve(filled + Self.readBytes, keeping: filled)
            let count = try read(into: buffer.base + filled)
            if count == 0 { return takeRest() }
            bytesRead += count
            let fresh = UnsafeRawBufferPointer(start: buffer.base + filled, count: count)
            if isSkipping {
                guard let newline = fresh.firstIndex(of: UInt8(ascii: "\n")) else { continue }
                isSkipping = false
                taken = newline + 1
            }
            let lastNewline = fresh.lastIndex(of: UInt8(ascii: "\n"))
            let end = lastNewline.map { filled + $0 + 1 } ?? 0
            filled += count
            if end > taken {
                defer { taken = end }
                return UnsafeRawBufferPointer(start: buffer.base + taken, count: end - taken)
            }
            if filled - taken > maxLineBytes {
                isSkipping = true
                skippedLines += 1
                (filled, taken) = (0, 0)
            }
        }
    }

    private mutating func takeRest() -> UnsafeRawBufferPointer? {
        defer { (filled, taken) = (0, 0) }
        return filled > taken
            ? UnsafeRawBufferPointer(start: buffer.base + taken, count: filled - taken) : nil
    }

    private func read(into memory: UnsafeMutablePointer<UInt8>) throws -> Int {
        while true {
            let result = Foundation.read(descriptor, memory, Self.readBytes)
            if result >= 0 { return result }
            if errno != EINTR {
                throw QueryBankError(
                    .cannotRead, "the texts cannot be read (\(String(cString: strerror(errno))))")
            }
        }
    }
}
