/// A heap of elements by time; those of one time come out in the order they went in.
struct TimerQueue<Element: Sendable>: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Entry: Sendable {
        var time: Instant
        var order: UInt64
        var element: Element

        static func < (a: Entry, b: Entry) -> Bool { (a.time, a.order) < (b.time, b.order) }
    }

    private var heap: [Entry] = []
    private var order: UInt64 = 0

    /// When the first element is due.
    var nextTime: Instant? { heap.first?.time }

    /// How many elements wait.
    var count: Int { heap.count }

    /// Adds an element that is due at a time.
    mutating func add(_ element: Element, at time: Instant) {
        heap.append(Entry(time: time, order: order, element: element))
        order += 1
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes out the first element if it is due.
    mutating func popDue(at now: Instant) -> Element? {
        guard let first = heap.first, first.time <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            siftDown()
        }
        return first.element
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
