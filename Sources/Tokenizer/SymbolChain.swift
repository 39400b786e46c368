/// A merge that a long word may take: the smallest resulting id comes first, then the leftmost.
struct MergeStep: Comparable {
    var id: UInt16
    var left: Int
    var leftID: UInt16
    var rightID: UInt16

    static func < (a: MergeStep, b: MergeStep) -> Bool { a.id != b.id ? a.id < b.id : a.left < b.left }
}

/// The symbols of a long word as a doubly linked list over their positions.
struct SymbolChain {
    private(set) var next: [Int]
    private(set) var previous: [Int]
    private(set) var alive: [Bool]

    init(count: Int) {
        next = Array(1...count)
        previous = Array(-1..<count - 1)
        alive = Array(repeating: true, count: count)
    }

    mutating func remove(_ position: Int) {
        alive[position] = false
        let (before, after) = (previous[position], next[position])
        if before >= 0 { next[before] = after }
        if after < previous.count { previous[after] = before }
    }
}
