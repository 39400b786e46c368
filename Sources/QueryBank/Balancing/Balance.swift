/// Who may claim a pair: for every query the `perQuery` groups of smallest priority that match it ("Balance" in the
/// design; bottom-k sampling with shared priorities, Cohen and Kaplan, 2007).
///
/// Only a count and a threshold for each query live here (12 bytes); the claims themselves are in a `ClaimLedger`.
/// Thresholds only fall, so whoever is refused once is refused for good and may be forgotten.
public struct Balance: Sendable {
    /// The most claims a query holds (`k`).
    public let perQuery: Int

    // What is generic over the ledger is inlinable, so that a caller's build specialises it: unspecialised it is three
    // times slower. The rest is visible to it for that reason only.

    @usableFromInline var counts: [UInt32]
    /// The `u` of a full query's largest claim; unused before that.
    @usableFromInline var thresholds: [UInt64]
    /// What touched queries held before, oldest first; `nil` outside a transaction.
    @usableFromInline var journal: [Entry]?

    @usableFromInline
    struct Entry: Sendable {
        let query: QueryID
        let count: UInt32
        let threshold: UInt64

        @usableFromInline
        init(query: QueryID, count: UInt32, threshold: UInt64) {
            self.query = query
            self.count = count
            self.threshold = threshold
        }
    }

    /// An empty balance over ids below `queryCount`.
    public init(queryCount: Int, perQuery: Int) {
        precondition(perQuery >= 1 && perQuery <= Int(UInt32.max), "a query holds at least one claim")
        self.perQuery = perQuery
        counts = [UInt32](repeating: 0, count: queryCount)
        thresholds = [UInt64](repeating: .max, count: queryCount)
    }

    /// Sets what a query held when its catalogue was last committed.
    public mutating func restore(query: QueryID, count: Int, thresholdU: UInt64) {
        precondition(count <= perQuery, "query \(query) holds \(count) claims of at most \(perQuery)")
        counts[Int(query)] = UInt32(count)
        thresholds[Int(query)] = thresholdU
    }

    /// The claims a query holds, ghosts' included.
    public func count(of query: QueryID) -> Int { Int(counts[Int(query)]) }

    /// The `u` that a newcomer must not exceed; `nil` while the query has room.
    public func threshold(of query: QueryID) -> UInt64? {
        isFull(query) ? thresholds[Int(query)] : nil
    }

    /// Whether a candidate may still get a claim. A tie with a threshold may: the commit settles it by URL and text.
    public func mayClaim(u: UInt64, queries: [QueryID]) -> Bool {
        queries.contains { !isFull($0) || u <= thresholds[Int($0)] }
    }

    /// Offers a new group, one that holds no claim: every matched query it is small enough for is claimed.
    ///
    /// `queries` are unique. Throws only what the ledger throws; roll back then.
    @inlinable
    public mutating func commit<L: ClaimLedger>(
        pair: L.PairID, priority: Priority, queries: [QueryID], ledger: inout L
    ) throws -> CommitResult<L.PairID> {
        var result = CommitResult<L.PairID>()
        for query in queries {
            try claim(query, by: pair, priority, &ledger, &result)
        }
        return result
    }

    /// Lets a smaller member stand for its group: the claims of `old` pass to `new`, then the other matched queries
    /// are tried.
    ///
    /// The same pair id may stand on both sides. `displaced` never names `old`: its claims went over.
    @inlinable
    public mutating func replace<L: ClaimLedger>(
        old: L.PairID, oldPriority: Priority, oldClaims: [QueryID], new: L.PairID, priority: Priority,
        queries: [QueryID], ledger: inout L
    ) throws -> CommitResult<L.PairID> {
        precondition(priority < oldPriority, "a group passes only to a smaller member")
        var result = CommitResult<L.PairID>()
        for query in oldClaims {
            try ledger.removeClaim(of: query, by: old, priority: oldPriority)
            try ledger.addClaim(of: query, by: new, priority: priority)
            try lowerThreshold(of: query, &ledger)
        }
        result.claimed = oldClaims
        let passed = Set(oldClaims)
        for query in queries where !passed.contains(query) {
            try claim(query, by: new, priority, &ledger, &result)
        }
        result.claimed.sort()
        return result
    }

    @inlinable
    func isFull(_ query: QueryID) -> Bool { Int(counts[Int(query)]) == perQuery }

    @inlinable
    mutating func claim<L: ClaimLedger>(
        _ query: QueryID, by pair: L.PairID, _ priority: Priority, _ ledger: inout L,
        _ result: inout CommitResult<L.PairID>
    ) throws {
        if isFull(query) {
            guard priority.u <= thresholds[Int(query)], let largest = try ledger.largestClaim(of: query),
                priority < largest.priority
            else { return }
            try ledger.removeClaim(of: query, by: largest.pair, priority: largest.priority)
            result.displaced.append((query, largest.pair))
        } else {
            remember(query)
            counts[Int(query)] += 1
        }
        try ledger.addClaim(of: query, by: pair, priority: priority)
        result.claimed.append(query)
        try lowerThreshold(of: query, &ledger)
    }

    @inlinable
    mutating func lowerThreshold<L: ClaimLedger>(of query: QueryID, _ ledger: inout L) throws {
        guard isFull(query), let largest = try ledger.largestClaim(of: query) else { return }
        remember(query)
        thresholds[Int(query)] = largest.priority.u
    }
}

extension Balance {
    /// Starts a transaction: from here every change can be taken back.
    public mutating func begin() {
        precondition(journal == nil, "a transaction is already open")
        journal = []
    }

    /// Ends the transaction and keeps its changes; call it once the ledger's own commit holds.
    public mutating func commitTransaction() {
        precondition(journal != nil, "no transaction is open")
        journal = nil
    }

    /// Ends the transaction and takes its changes back; the ledger takes its own back.
    public mutating func rollback() {
        guard let entries = journal else { preconditionFailure("no transaction is open") }
        for entry in entries.reversed() {
            counts[Int(entry.query)] = entry.count
            thresholds[Int(entry.query)] = entry.threshold
        }
        journal = nil
    }

    @inlinable
    mutating func remember(_ query: QueryID) {
        journal?.append(Entry(query: query, count: counts[Int(query)], threshold: thresholds[Int(query)]))
    }
}
