internal import GRDB
internal import QueryBank

/// One page of a listing, filled from the catalogue in ascending order of pairs.
struct PairPage {
    private(set) var records: [PairRecord] = []
    private let filter: PairFilter
    private let limit: Int
    private let database: Database
    private let claims: ClaimReader

    /// Pairs that are named in one statement at most.
    private static let namedAtOnce = 512

    init(_ filter: PairFilter, limit: Int, _ database: Database) throws {
        (self.filter, self.limit, self.database) = (filter, limit, database)
        claims = try ClaimReader(database)
    }

    private var isFull: Bool { records.count >= limit }

    /// Adds pairs after a number that pass the filter, all there are or some of `ids`.
    mutating func take(after: Int64, among ids: [Int64]? = nil) throws {
        let statement = try SQLStatement(database, filter.sql(among: ids))
        filter.bind(statement, after: after, limit: ids?.count ?? limit)
        try statement.forEach { row in
            let pair = try PairRow(row)
            if filter.query != nil, !pair.status.holdsClaims { return true }
            let held = try claims.claims(of: pair)
            if let query = filter.query, filter.onlyClaims, !held.contains(query) { return true }
            records.append(PairRecord(pair, claims: held))
            return !isFull
        }
    }

    /// The same for pairs that match a query: block by block, then what no block has yet.
    mutating func take(matching query: QueryID, after: Int64, among ids: Set<Int64>?) throws {
        let table = try MatchTable(database)
        func isWanted(_ id: Int64) -> Bool { id > after && ids?.contains(id) ?? true }
        if let blocks = table.blocks, after < table.through {
            for block in table.block(of: after + 1)...blocks.upperBound {
                try take(table.pairs(in: block, matching: query).filter(isWanted))
                if isFull { return }
            }
        }
        var waiting: [Int64] = []
        try table.forEachStanding(after: max(after, table.through)) { match, queries in
            if isWanted(match.pair), queries.contains(query) { waiting.append(match.pair) }
        }
        try take(waiting)
    }

    /// The same for pairs whose picture came from a host: what the index has, then what it does not have yet.
    mutating func take(fromHost host: String, after: Int64) throws {
        let origins = try Int64.fetchAll(
            database, sql: "SELECT id FROM origins WHERE host = ?", arguments: [host.lowercased()])
        let next = try SQLStatement(
            database, "SELECT pair FROM hosted WHERE origin = ? AND pair > ? ORDER BY pair LIMIT ?")
        var last = after
        while !isFull {
            var ids: [Int64] = []
            for origin in origins {
                try next.bind(1, origin).bind(2, last).bind(3, Int64(Self.namedAtOnce)).forEach {
                    ids.append($0.int(0))
                    return true
                }
            }
            // Each origin gave its first ones, so the first of all are among them.
            ids = Array(ids.sorted().prefix(Self.namedAtOnce))
            guard let end = ids.last else { break }
            try take(ids)
            last = end
        }
        if isFull { return }
        let list = origins.map(String.init).joined(separator: ",")
        try take(
            Int64.fetchAll(
                database,
                sql: """
                    SELECT id FROM pairs
                    WHERE origin IN (\(list)) AND id > ? AND id > \(Meta.indexedThrough) ORDER BY id
                    """, arguments: [after]))
    }

    private mutating func take(_ ids: [Int64]) throws {
        for start in stride(from: 0, to: ids.count, by: Self.namedAtOnce) {
            let end = min(start + Self.namedAtOnce, ids.count)
            try take(after: ids[start] - 1, among: Array(ids[start..<end]))
            if isFull { return }
        }
    }
}
