internal import QueryBank

/// The ledger of one transaction: claims gather in memory and go to the table at its end, sorted.
///
/// A commit's claims lie all over the table; in the table's order each page is met once.
/// What is asked for meanwhile is answered from both.
final class ClaimBuffer: ClaimLedger {
    private struct Claim {
        let u: Int64
        let pair: Int64
    }

    private struct Match: Hashable {
        let query: QueryID
        let pair: Int64
    }

    private let table: ClaimTable
    private var added: [QueryID: [Claim]] = [:]
    private var unclaimed: Set<Match> = []
    /// Pairs of this transaction: they may hold claims before they have a row.
    private var introduced: [Int64: Priority] = [:]

    init(_ table: ClaimTable) { self.table = table }

    /// Names a pair that is about to be decided on; no earlier one of the transaction has a larger priority.
    func introduce(_ pair: Int64, _ priority: Priority) { introduced[pair] = priority }

    func largestClaim(of query: QueryID) throws -> (pair: Int64, priority: Priority)? {
        let written = try table.largestClaim(of: query)
        // Pairs are decided on in ascending priority, so the last is the largest.
        let waiting = added[query]?.last.map { (pair: $0.pair, priority: priority(of: $0.pair)) }
        guard let written, let waiting else { return written ?? waiting }
        return written.priority < waiting.priority ? waiting : written
    }

    private func priority(of pair: Int64) -> Priority {
        guard let priority = introduced[pair] else { preconditionFailure("pair \(pair) was not introduced") }
        return priority
    }

    func addClaim(of query: QueryID, by pair: Int64, priority: Priority) {
        added[query, default: []].append(Claim(u: Stored.ordered(priority.u), pair: pair))
    }

    func removeClaim(of query: QueryID, by pair: Int64, priority: Priority) throws {
        if let index = added[query]?.firstIndex(where: { $0.pair == pair }) {
            added[query]?.remove(at: index)
        } else {
            try table.remove(query, u: Stored.ordered(priority.u), pair: pair)
        }
    }

    /// The queries that a pair holds.
    func claims(of row: PairRow) throws -> [QueryID] {
        let u = Stored.ordered(row.u)
        return try row.queries.filter { query in
            if let waiting = added[query], waiting.contains(where: { $0.pair == row.id }) { return true }
            return try table.holds(query, u: u, pair: row.id)
        }
    }

    func addUnclaimed(_ query: QueryID, _ pair: Int64) { unclaimed.insert(Match(query: query, pair: pair)) }

    func removeUnclaimed(_ query: QueryID, _ pair: Int64) throws {
        if unclaimed.remove(Match(query: query, pair: pair)) == nil { try table.removeUnclaimed(query, pair) }
    }

    /// Writes everything down.
    func write() throws {
        for (query, claims) in added.sorted(by: { $0.key < $1.key }) {
            for claim in claims.sorted(by: { ($0.u, $0.pair) < ($1.u, $1.pair) }) {
                try table.add(query, u: claim.u, pair: claim.pair)
            }
        }
        for match in unclaimed.sorted(by: { ($0.query, $0.pair) < ($1.query, $1.pair) }) {
            try table.addUnclaimed(match.query, match.pair)
        }
        forget()
    }

    func forget() {
        added.removeAll(keepingCapacity: true)
        unclaimed.removeAll(keepingCapacity: true)
        introduced.removeAll(keepingCapacity: true)
    }
}
