/// A word as the tables know it: two numbers that equal another word's only if the words are equal (up to 16 bytes),
/// and a hash of them.
struct WordKey {
    /// Bytes 0–7, zero padded; of a longer word, a hash of all bytes.
    let first: UInt64
    /// Bytes 8–15, zero padded; of a longer word, its length under the top byte 0xFF, which no UTF-8 has.
    let second: UInt64

    /// Reads a word; 16 bytes from its start on may be read.
    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>, count: Int) {
        if _fastPath(count <= 16) {
            let raw = UnsafeRawPointer(bytes)
            let low = raw.loadUnaligned(as: UInt64.self).littleEndian
            let high = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
            first = low & Self.mask(count)
            second = count > 8 ? high & Self.mask(count &- 8) : 0
        } else {
            first = Self.hash(bytes, count: count)
            second = 0xFF << 56 | UInt64(truncatingIfNeeded: count)
        }
    }

    /// Restores a key from its numbers.
    init(_ numbers: (UInt64, UInt64)) { (first, second) = numbers }

    /// Whether the numbers do not hold the whole word, so that its bytes must be compared too.
    @inline(__always)
    static func isLong(_ second: UInt64) -> Bool { second >= 0xFF << 56 }

    @inline(__always)
    func hash(seed: UInt64) -> UInt64 { Self.mix(first ^ seed, second ^ 0x9E37_79B9_7F4A_7C15) }

    /// The high and low halves of a product, which every bit of both factors reaches (wyhash's mixer).
    @inline(__always)
    static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        return high ^ low
    }

    /// The low `count` bytes, at most 8.
    @inline(__always)
    private static func mask(_ count: Int) -> UInt64 {
        UInt64.max &>> UInt64(truncatingIfNeeded: (8 &- min(count, 8)) &* 8)
    }

    @inline(never)
    private static func hash(_ bytes: UnsafePointer<UInt8>, count: Int) -> UInt64 {
        var hash = UInt64(count)
        var position = 0
        while position < count {
            // The last step reads back over bytes already taken instead of past the end.
            let from = min(position, count - 8)
            let chunk = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: from, as: UInt64.self)
            hash = mix(hash ^ chunk.littleEndian, 0xA076_1D64_78BD_642F)
            position += 8
        }
        return hash
    }
}
