/// Where claims are written down; the store keeps them in its catalogue, tests in memory.
public protocol ClaimLedger {
    /// What names a pair in the ledger.
    associatedtype PairID: Hashable & Sendable

    /// The claim of greatest priority (so the next to go) that a query holds; `nil` when it holds none.
    mutating func largestClaim(of query: QueryID) throws -> (pair: PairID, priority: Priority)?
    /// Writes a claim down. The query does not hold one by this pair yet.
    mutating func addClaim(of query: QueryID, by pair: PairID, priority: Priority) throws
    /// Strikes a claim that the query holds.
    mutating func removeClaim(of query: QueryID, by pair: PairID, priority: Priority) throws
}

/// What a commit changed.
public struct CommitResult<PairID: Hashable & Sendable>: Sendable {
    /// The queries whose claim the pair now holds, ascending where the matched queries are. None: it is refused.
    public var claimed: [QueryID] = []
    /// Claims that others lost to it. A pair whose last claim went is out of the set; a ghost just shrinks.
    public var displaced: [(query: QueryID, pair: PairID)] = []

    /// An empty result: nothing claimed, nobody displaced.
    @inlinable
    public init() {}
}

/// A ledger in memory, for tests and for balancing what fits there.
public struct MemoryClaimLedger<PairID: Hashable & Sendable>: ClaimLedger, Sendable {
    /// One claim.
    public struct Claim: Sendable {
        /// Who holds it.
        public let pair: PairID
        /// The priority it is held by.
        public let priority: Priority
    }

    /// The claims of every query that has any, ascending by priority.
    public private(set) var claims: [QueryID: [Claim]] = [:]

    /// A ledger without claims.
    public init() {}

    /// The last claim of the query's ascending row.
    public func largestClaim(of query: QueryID) -> (pair: PairID, priority: Priority)? {
        claims[query]?.last.map { ($0.pair, $0.priority) }
    }

    /// Inserts the claim where its priority belongs.
    public mutating func addClaim(of query: QueryID, by pair: PairID, priority: Priority) {
        let position = position(of: priority, in: query)
        claims[query, default: []].insert(Claim(pair: pair, priority: priority), at: position)
    }

    /// Strikes the pair's claim; a programmer's mistake if there is none.
    public mutating func removeClaim(of query: QueryID, by pair: PairID, priority: Priority) {
        let position = position(of: priority, in: query)
        guard let held = claims[query]?[position], held.pair == pair else {
            preconditionFailure("query \(query) holds no claim by \(pair)")
        }
        claims[query]?.remove(at: position)
    }

    private func position(of priority: Priority, in query: QueryID) -> Int {
        guard let row = claims[query] else { return 0 }
        var (low, high) = (0, row.count)
        while low < high {
            let middle = (low + high) / 2
            if row[middle].priority < priority { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
