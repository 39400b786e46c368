internal import CZlib

/// Gzip members (RFC 1952) over zlib.
package enum Gzip {
    /// One member that holds the bytes; `level` is zlib's, 1 to 9.
    package static func compress(_ bytes: [UInt8], level: Int32 = 6) throws -> [UInt8] {
        var stream = z_stream()
        // 15 + 16: the largest window, with a gzip header.
        guard
            deflateInit2_(
                &stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw StoreError(.inputOutput, "gzip", "zlib cannot start: out of memory") }
        defer { deflateEnd(&stream) }
        var input = bytes
        let bound = Int(deflateBound(&stream, UInt(input.count)))
        return try [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            let status = input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return deflate(&stream, Z_FINISH)
            }
            guard status == Z_STREAM_END else {
                throw StoreError(.inputOutput, "gzip", "zlib failed with status \(status)")
            }
            count = output.count - Int(stream.avail_out)
        }
    }

    /// Lines longer than this are no lines of ours.
    private static let maxLineBytes = 16 << 20

    /// Gives every line of a file of members; `false` when the last member is cut short.
    static func readLines(_ path: String, _ body: (ArraySlice<UInt8>) throws -> Void) throws -> Bool {
        let file = try PosixFile.reading(path)
        var stream = z_stream()
        guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw StoreError(.inputOutput, path, "zlib cannot start: out of memory")
        }
        defer { inflateEnd(&stream) }
        var input = [UInt8](repeating: 0, count: 1 << 16)
        var output = [UInt8](repeating: 0, count: 1 << 16)
        var pending: [UInt8] = []
        var offset: Int64 = 0
        var isAtMemberEnd = true
        while true {
            let count = try input.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
            if count == 0 { return isAtMemberEnd && pending.isEmpty }
            offset += Int64(count)
            var used = 0
            while used < count {
                let step = inflateSome(&stream, &input, from: used, count, &output)
                used += step.used
                pending.append(contentsOf: output[..<step.produced])
                guard step.status == Z_OK || step.status == Z_STREAM_END || step.status == Z_BUF_ERROR else {
                    throw StoreError(.damaged, path, "is no gzip data near byte \(offset)")
                }
                isAtMemberEnd = step.status == Z_STREAM_END
                if isAtMemberEnd { inflateReset(&stream) }
                try takeLines(&pending, path, body)
            }
        }
    }

    private static func inflateSome(
        _ stream: inout z_stream, _ input: inout [UInt8], from start: Int, _ end: Int, _ output: inout [UInt8]
    ) -> (status: Int32, used: Int, produced: Int) {
        input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress.map { $0 + start }
                stream.avail_in = UInt32(end - start)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                let status = inflate(&stream, Z_NO_FLUSH)
                return (status, end - start - Int(stream.avail_in), output.count - Int(stream.avail_out))
            }
        }
    }

    private static func takeLines(
        _ pending: inout [UInt8], _ path: String, _ body: (ArraySlice<UInt8>) throws -> Void
    ) throws {
        var start = 0
        while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
            try body(pending[start..<end])
            start = end + 1
        }
        pending.removeFirst(start)
        guard pending.count <= maxLineBytes else {
            throw StoreError(.damaged, path, "holds a line of more than \(maxLineBytes) bytes")
        }
    }
}
