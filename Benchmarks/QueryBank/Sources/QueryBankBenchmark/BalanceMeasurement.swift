import Foundation
import QueryBank

/// Claims in memory at twelve bytes each: for each query a heap with its largest claim on top. What a catalogue does
/// with an index, without its cost.
struct HeapLedger: ClaimLedger {
    private var priorities: [[UInt64]]
    private var pairs: [[UInt32]]

    init(queryCount: Int) {
        priorities = .init(repeating: [], count: queryCount)
        pairs = .init(repeating: [], count: queryCount)
    }

    var claimCount: Int { priorities.reduce(0) { $0 + $1.count } }

    func largestClaim(of query: QueryID) -> (pair: UInt32, priority: Priority)? {
        guard let u = priorities[Int(query)].first else { return nil }
        return (pairs[Int(query)][0], Priority(u: u, imageURL: "", text: ""))
    }

    mutating func addClaim(of query: QueryID, by pair: UInt32, priority: Priority) {
        let query = Int(query)
        var child = priorities[query].count
        priorities[query].append(priority.u)
        pairs[query].append(pair)
        while child > 0, priorities[query][(child - 1) / 2] < priorities[query][child] {
            swap(query, child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Only the largest claim is ever removed here: the measured stream has no groups of several members.
    mutating func removeClaim(of query: QueryID, by pair: UInt32, priority: Priority) {
        let query = Int(query)
        precondition(pairs[query].first == pair, "not the largest claim")
        swap(query, 0, pairs[query].count - 1)
        priorities[query].removeLast()
        pairs[query].removeLast()
        var parent = 0
        while true {
            var largest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < pairs[query].count {
                if priorities[query][child] > priorities[query][largest] { largest = child }
            }
            if largest == parent { return }
            swap(query, parent, largest)
            parent = largest
        }
    }

    private mutating func swap(_ query: Int, _ left: Int, _ right: Int) {
        priorities[query].swapAt(left, right)
        pairs[query].swapAt(left, right)
    }
}

/// Offers random candidates to the balance, each matching a few queries of Zipf-like frequency.
func measureBalance(queryCount: Int, offers: Int, perQuery: Int) throws {
    var generator = SplitMix64(state: 1)
    // A text's queries: rank r with probability about 1/r, three and a half on average (MetaCLIP's figure).
    let texts = (0..<200_000).map { _ in
        Set(
            (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                QueryID(logUniformRank(Double.random(in: 0..<1, using: &generator), queryCount))
            }
        ).sorted()
    }
    var balance = Balance(queryCount: queryCount, perQuery: perQuery)
    var ledger = HeapLedger(queryCount: queryCount)
    var (matches, asked, kept) = (0, 0, 0)
    let began = processorSeconds()
    for offer in 0..<offers {
        let queries = texts[offer % texts.count]
        let priority = Priority(
            imageURL: "https://images.example.org/photos/\(offer).jpg", text: "a caption", seed: 0)
        matches += queries.count
        guard balance.mayClaim(u: priority.u, queries: queries) else { continue }
        asked += 1
        let result = try balance.commit(
            pair: UInt32(offer), priority: priority, queries: queries, ledger: &ledger)
        kept += result.claimed.isEmpty ? 0 : 1
    }
    let seconds = processorSeconds() - began
    try report([
        "offers": offers, "queries": queryCount, "per_query": perQuery, "matches": matches, "asked": asked,
        "accepted": kept, "claims": ledger.claimCount, "cpu_seconds": seconds,
        "offers_per_second": Double(offers) / seconds, "peak_kib": residentKiB(peak: true),
    ])
}

/// A seeded generator, so that two runs offer the same.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A rank below `count`, log-uniform: rank r comes up about as often as 1/r.
private func logUniformRank(_ uniform: Double, _ count: Int) -> Int {
    min(count - 1, Int(exp(uniform * log(Double(count)))) - 1)
}
