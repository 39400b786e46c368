internal import CQueryBank

/// Numbers distinct keys of two words in order of arrival: an open-addressing table.
struct KeyTable {
    private var keys: [(UInt64, UInt64)] = []
    private var slots = [UInt32](repeating: .max, count: 1 << 12)

    var count: Int { keys.count }
    var indices: Range<Int> { keys.indices }
    subscript(index: Int) -> (UInt64, UInt64) { keys[index] }

    /// The number of a key, and whether it is a new one.
    mutating func intern(_ first: UInt64, _ second: UInt64) -> (index: UInt32, isNew: Bool) {
        let slot = find(first, second)
        if slots[slot] != .max { return (slots[slot], false) }
        let index = UInt32(keys.count)
        slots[slot] = index
        keys.append((first, second))
        if keys.count * 2 > slots.count { grow() }
        return (index, true)
    }

    private func find(_ first: UInt64, _ second: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(
            truncatingIfNeeded: cquerybank_mix(first ^ 0xA076_1D64_78BD_642F, second ^ 0xE703_7ED1_A0B4_28DB))
        slot &= mask
        while slots[slot] != .max, keys[Int(slots[slot])] != (first, second) { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        slots = [UInt32](repeating: .max, count: slots.count * 2)
        for (index, key) in keys.enumerated() { slots[find(key.0, key.1)] = UInt32(index) }
    }
}
