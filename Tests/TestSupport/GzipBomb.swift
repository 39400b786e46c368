/// A gzip stream of zeros written by hand: one literal, then copies of 258 bytes at distance 1, 13 bits each, with
/// the fixed codes of RFC 1951. About 1 : 158.
public enum GzipBomb {
    /// So many megabytes of zeros, compressed.
    public static func bytes(megabytes: Int) -> [UInt8] {
        var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var bits: UInt64 = 0
        var count: UInt64 = 0
        func put(_ value: UInt64, _ width: UInt64) {
            bits |= value << count
            count += width
            while count >= 8 {
                out.append(UInt8(truncatingIfNeeded: bits))
                bits >>= 8
                count -= 8
            }
        }
        put(0b011, 3)  // last block, fixed codes
        put(0b0000_1100, 8)  // literal 0 is 00110000, codes are written from their first bit
        for _ in 0..<(megabytes << 20) / 258 {
            put(0b1010_0011, 8)  // length 258 is 11000101
            put(0, 5)  // distance 1
        }
        put(0, 7)  // end of block
        put(0, 8)
        return out + [UInt8](repeating: 0, count: 8)
    }
}
