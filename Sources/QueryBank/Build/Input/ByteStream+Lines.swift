internal import Foundation

extension ByteStream {
    /// Hands on the lines of a file without their ends; a line is valid only during the call.
    ///
    /// A line longer than `maxLineBytes` is left out. Returns how many were.
    @discardableResult
    static func forEachLine(
        of path: String, maxLineBytes: Int = 1 << 20,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        try ByteStream(path: path).forEachLine(maxLineBytes: maxLineBytes, body)
    }

    /// Hands on the remaining lines; see the static form.
    @discardableResult
    func forEachLine(
        maxLineBytes: Int = 1 << 20, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        var carried: [UInt8] = []
        var isTooLong = false
        var skipped = 0
        let newline = UInt8(ascii: "\n")
        /// Ends the line whose last part is `rest`.
        func finish(_ rest: UnsafeRawBufferPointer) throws {
            defer {
                carried.removeAll(keepingCapacity: true)
                isTooLong = false
            }
            if isTooLong || carried.count + rest.count > maxLineBytes {
                skipped += 1
            } else if carried.isEmpty {
                try body(rest)
            } else {
                carried.append(contentsOf: rest)
                try carried.withUnsafeBytes(body)
            }
        }
        try forEachPiece { piece in
            var start = 0
            while let end = piece.firstIndex(of: newline, from: start) {
                try finish(UnsafeRawBufferPointer(rebasing: piece[start..<end]))
                start = end + 1
            }
            let rest = piece[start...]
            if carried.count + rest.count > maxLineBytes {
                isTooLong = true
                carried.removeAll(keepingCapacity: true)
            } else if !isTooLong {
                carried.append(contentsOf: rest)
            }
        }
        if !carried.isEmpty || isTooLong { try finish(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return skipped
    }
}

extension UnsafeRawBufferPointer {
    /// The first place of a byte at or after `start`; `memchr` underneath.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard let base = baseAddress, start < count,
            let found = memchr(base + start, Int32(byte), count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// The bytes as text; malformed UTF-8 becomes U+FFFD.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// The fields of a line between single separators.
    func fields(separatedBy byte: UInt8) -> [UnsafeRawBufferPointer] {
        var fields: [UnsafeRawBufferPointer] = []
        var start = 0
        while let end = firstIndex(of: byte, from: start) {
            fields.append(UnsafeRawBufferPointer(rebasing: self[start..<end]))
            start = end + 1
        }
        fields.append(UnsafeRawBufferPointer(rebasing: self[Swift.min(start, count)...]))
        return fields
    }
}
