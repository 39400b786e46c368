/// MetaCLIP's balancing, for comparison with ours: a pair stays if a draw of any matched query succeeds, and a query's
/// draws succeed with probability t/count (Xu et al. 2023, "Demystifying CLIP Data", algorithm 1).
///
/// It is no cap: a pair kept by a rare query also adds to its frequent ones. It needs the counts of all matches
/// beforehand. Draws are independent, and seeded by pair and query, so they do not depend on order.
public struct MetaCLIPSampler: Sendable {
    private let probabilities: [Float]
    private let seed: UInt64

    /// Takes how many texts match each query and the threshold `perQuery` (`t`, 20,000 in the paper).
    public init(matchCounts: [Int], perQuery: Int, seed: UInt64) {
        precondition(perQuery >= 1, "a query keeps at least one pair")
        probabilities = matchCounts.map { $0 <= perQuery ? 1 : Float(perQuery) / Float($0) }
        self.seed = seed
    }

    /// The probability with which a query keeps each pair it matches.
    public func probability(of query: QueryID) -> Double { Double(probabilities[Int(query)]) }

    /// Whether a candidate that matches these queries is kept.
    public func keeps(_ key: CandidateKey, queries: [QueryID]) -> Bool {
        queries.contains { draw(key, $0) < probability(of: $0) }
    }

    /// A number in 0..<1: SplitMix64's finaliser over the parts, each mixed in before the next.
    private func draw(_ key: CandidateKey, _ query: QueryID) -> Double {
        var state = seed
        for part in [key.words.high, key.words.low, UInt64(query)] { state = Self.scramble(state ^ part) }
        return Double(state >> 11) * 0x1p-53
    }

    private static func scramble(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
