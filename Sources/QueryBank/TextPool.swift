/// Texts laid end to end in one buffer, so that half a million of them cost two allocations.
struct TextPool: Sendable {
    private(set) var bytes: [UInt8] = []
    private var ends: [UInt32] = []

    var count: Int { ends.count }

    func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
    }

    subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

    mutating func append(_ text: some Collection<UInt8>) {
        bytes.append(contentsOf: text)
        ends.append(UInt32(bytes.count))
    }

    mutating func reserve(count: Int, bytes byteCount: Int) {
        ends.reserveCapacity(count)
        bytes.reserveCapacity(byteCount)
    }
}

/// A hash index over a pool: which row first held these bytes.
struct TextIndex: Sendable {
    private static let empty = UInt32.max
    private var slots: [UInt32]
    private let mask: Int

    /// An index with room for `capacity` rows.
    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [UInt32](repeating: Self.empty, count: size)
        mask = size - 1
    }

    /// The row whose text is `text`, if one was inserted.
    func row(of text: some Collection<UInt8>, in pool: TextPool) -> UInt32? {
        let slot = find(text, in: pool)
        return slots[slot] == Self.empty ? nil : slots[slot]
    }

    /// Inserts row `row` of the pool; gives the earlier row with the same text instead, if there is one.
    mutating func insert(_ row: UInt32, in pool: TextPool) -> UInt32? {
        let slot = find(pool[Int(row)], in: pool)
        if slots[slot] != Self.empty { return slots[slot] }
        slots[slot] = row
        return nil
    }

    private func find(_ text: some Collection<UInt8>, in pool: TextPool) -> Int {
        var slot = Int(truncatingIfNeeded: hash(text)) & mask
        while slots[slot] != Self.empty, !pool[Int(slots[slot])].elementsEqual(text) {
            slot = (slot + 1) & mask
        }
        return slot
    }

    /// FNV-1a, finished with a multiplicative mix because its low bits decide the slot.
    private func hash(_ text: some Collection<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15 >> 16
    }
}
