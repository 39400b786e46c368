/// A binary heap: the element that precedes all others is on top.
struct Heap<Element> {
    private var elements: [Element] = []
    private let precedes: (Element, Element) -> Bool

    init(precedes: @escaping (Element, Element) -> Bool) { self.precedes = precedes }

    var count: Int { elements.count }
    var top: Element? { elements.first }
    /// In no particular order.
    var all: [Element] { elements }

    mutating func push(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0, precedes(elements[child], elements[(child - 1) / 2]) {
            elements.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    @discardableResult
    mutating func pop() -> Element? {
        guard let last = elements.popLast() else { return nil }
        guard let top = elements.first else { return last }
        replaceTop(with: last)
        return top
    }

    /// The same as a pop and a push, in one walk.
    mutating func replaceTop(with element: Element) {
        elements[0] = element
        var parent = 0
        while true {
            var first = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < elements.count {
                if precedes(elements[child], elements[first]) { first = child }
            }
            if first == parent { return }
            elements.swapAt(parent, first)
            parent = first
        }
    }
}

/// The best so many of a stream of candidates, in bounded memory.
struct BestCandidates {
    private var worstFirst = Heap<Ranked>(precedes: BestCandidates.isWorse)
    private let limit: Int

    private struct Ranked {
        let candidate: Candidate
        let rank: Double
    }

    init(limit: Int) { self.limit = limit }

    /// Offers a candidate; equal ranks go by the order of letters.
    mutating func offer(_ candidate: Candidate, rank: Double) {
        let ranked = Ranked(candidate: candidate, rank: rank)
        if worstFirst.count < limit {
            worstFirst.push(ranked)
        } else if let worst = worstFirst.top, Self.isWorse(worst, ranked) {
            worstFirst.replaceTop(with: ranked)
        }
    }

    /// Best first.
    func ranked() -> [Candidate] { worstFirst.all.sorted { Self.isWorse($1, $0) }.map(\.candidate) }

    private static func isWorse(_ a: Ranked, _ b: Ranked) -> Bool {
        a.rank != b.rank
            ? a.rank < b.rank : b.candidate.text.utf8.lexicographicallyPrecedes(a.candidate.text.utf8)
    }
}
