/// A queue: first in, first out, at constant cost.
struct Fifo<Element> {
    private var items: [Element] = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) { items.append(element) }

    mutating func append(contentsOf elements: some Sequence<Element>) { items.append(contentsOf: elements) }

    mutating func popFirst() -> Element? {
        guard head < items.count else { return nil }
        let element = items[head]
        head += 1
        if head > 64, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Everything that waits; the queue is empty afterwards.
    mutating func takeAll() -> [Element] {
        defer {
            items = []
            head = 0
        }
        return Array(items[head...])
    }
}
