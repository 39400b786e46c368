internal import GRDB
internal import QueryBank

/// The rows of the list that the catalogue knows: what each claims, and its text for those who lack the list.
struct QueryStates {
    private(set) var balance: Balance
    private var known: [Bool]

    /// Reads every query's count and threshold.
    init(_ configuration: StoreConfiguration, _ database: Database) throws {
        var balance = Balance(queryCount: configuration.queryCount, perQuery: configuration.perQuery)
        var known = [Bool](repeating: false, count: configuration.queryCount)
        try SQLStatement(database, "SELECT query, claims, u FROM query_state").forEach { row in
            guard let query = Int(exactly: row.int(0)), known.indices.contains(query),
                row.int(1) <= configuration.perQuery
            else {
                throw StoreError(.damaged, "catalogue", "holds claims of query \(row.int(0)); run wit verify")
            }
            let threshold = row.optionalInt(2).map(Stored.unsigned) ?? .max
            balance.restore(query: QueryID(query), count: Int(row.int(1)), thresholdU: threshold)
            known[query] = true
            return true
        }
        self.balance = balance
        self.known = known
    }

    /// Takes the balance of a committed transaction, and the queries whose text it wrote down.
    mutating func commit(_ balance: Balance, _ named: Set<QueryID>) {
        self.balance = balance
        for query in named { known[Int(query)] = true }
    }

    func isKnown(_ query: QueryID) -> Bool { known[Int(query)] }
}
