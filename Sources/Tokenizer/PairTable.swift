/// Two adjacent ids → the id they merge to: open addressing, one 64-bit word a slot, at most half full.
struct PairTable: Sendable {
    /// The answer for a pair that does not merge; larger than every id, so that "smallest id" never picks it.
    static let none = UInt16.max

    private var slots: [UInt64]
    private let shift: UInt32

    /// Room for `capacity` pairs.
    init(capacity: Int) {
        let bits = max(4, Int.bitWidth - (2 * capacity).leadingZeroBitCount)
        slots = Array(repeating: UInt64.max, count: 1 << bits)
        shift = UInt32(32 - bits)
    }

    mutating func insert(_ left: UInt16, _ right: UInt16, _ id: UInt16) {
        let key = UInt32(left) << 16 | UInt32(right)
        var slot = start(key)
        while slots[slot] != UInt64.max { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt64(key) << 16 | UInt64(id)
    }

    func merged(_ left: UInt16, _ right: UInt16) -> UInt16 {
        let key = UInt32(left) << 16 | UInt32(right)
        var slot = start(key)
        while true {
            let entry = slots[slot]
            if entry >> 16 == UInt64(key) { return UInt16(truncatingIfNeeded: entry) }
            if entry == UInt64.max { return Self.none }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    /// Fibonacci hashing: the top bits of a product with 2^32 / golden ratio.
    private func start(_ key: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> shift) }
}
