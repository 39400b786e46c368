internal import CQueryBank

/// Memory that grows and stays, so that a matcher in use allocates nothing for a text.
///
/// `CQUERYBANK_PADDING` bytes follow the capacity, for code that reads and writes whole vectors.
struct Buffer<Element: BitwiseCopyable>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var capacity: Int

    init(capacity: Int = 0) {
        self.capacity = capacity
        base = Self.allocate(capacity)
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }

    /// Makes room for `count` elements; the first `kept` survive.
    mutating func reserve(_ count: Int, keeping kept: Int = 0) {
        guard count > capacity else { return }
        let larger = max(count, capacity + capacity / 2)
        let moved = Self.allocate(larger)
        moved.update(from: base, count: kept)
        UnsafeMutableRawPointer(base).deallocate()
        base = moved
        capacity = larger
    }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Element> {
        let bytes = count * MemoryLayout<Element>.stride + Int(CQUERYBANK_PADDING)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        return memory.bindMemory(to: Element.self, capacity: count)
    }
}
