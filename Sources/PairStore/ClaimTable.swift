internal import GRDB
internal import QueryBank

/// The claims as the catalogue keeps them, in the order that answers "who goes next" with one look at an index.
///
/// A query's matches that hold no claim are kept apart, in `unclaimed`: most pairs claim all they match.
struct ClaimTable {
    private let pairs: PairTable
    private let largest: SQLStatement
    private let tied: SQLStatement
    private let add: SQLStatement
    private let remove: SQLStatement
    private let holds: SQLStatement
    private let addUnclaimed: SQLStatement
    private let removeUnclaimed: SQLStatement

    init(_ database: Database, _ pairs: PairTable) throws {
        self.pairs = pairs
        largest = try SQLStatement(
            database, "SELECT u, pair FROM claims WHERE query = ? ORDER BY u DESC LIMIT 2")
        tied = try SQLStatement(database, "SELECT pair FROM claims WHERE query = ? AND u = ?")
        add = try SQLStatement(database, "INSERT INTO claims (query, u, pair) VALUES (?, ?, ?)")
        remove = try SQLStatement(database, "DELETE FROM claims WHERE query = ? AND u = ? AND pair = ?")
        holds = try SQLStatement(database, "SELECT 1 FROM claims WHERE query = ? AND u = ? AND pair = ?")
        addUnclaimed = try SQLStatement(database, "INSERT INTO unclaimed (query, pair) VALUES (?, ?)")
        removeUnclaimed = try SQLStatement(database, "DELETE FROM unclaimed WHERE query = ? AND pair = ?")
    }

    func largestClaim(of query: QueryID) throws -> (pair: Int64, priority: Priority)? {
        var top: [(u: Int64, pair: Int64)] = []
        try largest.bind(1, Int64(query)).forEach {
            top.append(($0.int(0), $0.int(1)))
            return true
        }
        guard let first = top.first else { return nil }
        if top.count == 2, top[1].u == first.u { return try largestOfTied(query, first.u) }
        return (first.pair, try priority(of: first.pair))
    }

    /// Equal `u`: URL and text decide, which the index does not know.
    private func largestOfTied(_ query: QueryID, _ u: Int64) throws -> (pair: Int64, priority: Priority)? {
        var ids: [Int64] = []
        try tied.bind(1, Int64(query)).bind(2, u).forEach {
            ids.append($0.int(0))
            return true
        }
        return try ids.map { (pair: $0, priority: try priority(of: $0)) }.max { $0.priority < $1.priority }
    }

    private func priority(of pair: Int64) throws -> Priority { try pairs.priority(of: pair) }

    func add(_ query: QueryID, u: Int64, pair: Int64) throws {
        try add.bind(1, Int64(query)).bind(2, u).bind(3, pair).run()
    }

    func remove(_ query: QueryID, u: Int64, pair: Int64) throws {
        try remove.bind(1, Int64(query)).bind(2, u).bind(3, pair).run()
    }

    /// Whether a pair of priority `u` (as stored) holds a query.
    func holds(_ query: QueryID, u: Int64, pair: Int64) throws -> Bool {
        try holds.bind(1, Int64(query)).bind(2, u).bind(3, pair).first { _ in true } ?? false
    }

    func claims(of row: PairRow) throws -> [QueryID] {
        let u = Stored.ordered(row.u)
        return try row.queries.filter { try holds($0, u: u, pair: row.id) }
    }

    func addUnclaimed(_ query: QueryID, _ pair: Int64) throws {
        try addUnclaimed.bind(1, Int64(query)).bind(2, pair).run()
    }

    func removeUnclaimed(_ query: QueryID, _ pair: Int64) throws {
        try removeUnclaimed.bind(1, Int64(query)).bind(2, pair).run()
    }
}
