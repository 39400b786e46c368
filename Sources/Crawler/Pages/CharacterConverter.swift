import Glibc

/// The C library's iconv, with U+FFFD for every byte it cannot read.
enum CharacterConverter {
    /// The text of some bytes; nil when the library lacks the encoding.
    static func convert(_ bytes: ArraySlice<UInt8>, from encoding: String) -> String? {
        let converter = iconv_open("UTF-8", encoding)
        guard converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var source = ContiguousArray(bytes)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 2)
        source.withUnsafeMutableBytes { input in
            var next = input.baseAddress?.assumingMemoryBound(to: CChar.self)
            var left = input.count
            while left > 0 {
                let stopped = step(converter, &next, &left, into: &output)
                guard stopped, left > 0 else { continue }
                output.append(contentsOf: [0xEF, 0xBF, 0xBD])
                next = next?.advanced(by: 1)
                left -= 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Converts what fits a chunk; true when it stopped at a byte it cannot read.
    private static func step(
        _ converter: iconv_t?, _ next: inout UnsafeMutablePointer<CChar>?, _ left: inout Int,
        into output: inout [UInt8]
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { chunk in
            var free = chunk.baseAddress
            var room = chunk.count
            let result = iconv(converter, &next, &left, &free, &room)
            let reason = errno
            output.append(
                contentsOf: UnsafeRawBufferPointer(start: chunk.baseAddress, count: chunk.count - room))
            return result == -1 && reason != E2BIG
        }
    }
}
