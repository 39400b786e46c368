/// Candidate merges of a long word, smallest resulting id first, then leftmost.
struct MergeHeap {
    struct Step {
        var id: UInt16
        var left: Int
        var leftID: UInt16
        var rightID: UInt16

        static func < (a: Step, b: Step) -> Bool { a.id != b.id ? a.id < b.id : a.left < b.left }
    }

    private var steps: [Step] = []

    mutating func push(_ step: Step) {
        steps.append(step)
        var child = steps.count - 1
        while child > 0, steps[child] < steps[(child - 1) / 2] {
            steps.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> Step? {
        guard let top = steps.first, let last = steps.popLast() else { return nil }
        if steps.isEmpty { return top }
        steps[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < steps.count else { return top }
            if child + 1 < steps.count, steps[child + 1] < steps[child] { child += 1 }
            guard steps[child] < steps[parent] else { return top }
            steps.swapAt(child, parent)
            parent = child
        }
    }
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
