internal import GRDB
internal import QueryBank

/// Claims and matches against the pairs they are of: what each query is said to hold, and the blocks that lists use.
struct ClaimCheck {
    private let table: MatchTable
    private let pairs: SQLStatement
    private let matches: SQLStatement
    private let lastPair: Int64
    private let maxLines: Int
    private var states: [QueryID: State] = [:]
    private var lines: [String] = []

    /// What a query is said to hold, and what was found.
    private struct State {
        let claims: Int64
        let threshold: Int64?
        let pairs: Int64
        /// Matches that hold a claim whatever the rest, and those with the threshold's own priority.
        var below: Int64 = 0
        var tied: Int64 = 0
        var live: Int64 = 0
    }

    private struct Standing {
        let u: Int64
        let queries: [QueryID]
        var found = 0
    }

    init(_ database: Database, maxLines: Int) throws {
        self.maxLines = maxLines
        table = try MatchTable(database)
        pairs = try SQLStatement(
            database,
            "SELECT id, u, status, queries FROM pairs WHERE id BETWEEN ? AND ? AND status IN (0, 3, 4)")
        matches = try SQLStatement(database, "SELECT query, u, pair FROM matched WHERE block = ?")
        lastPair = try Int64.fetchOne(database, sql: "SELECT max(id) FROM pairs") ?? 0
        var states: [QueryID: State] = [:]
        try SQLStatement(database, "SELECT query, claims, u, pairs FROM query_state").forEach { row in
            guard let query = QueryID(exactly: row.int(0)) else { return true }
            states[query] = State(claims: row.int(1), threshold: row.optionalInt(2), pairs: row.int(3))
            return true
        }
        self.states = states
    }

    /// A line for everything that is wrong, `maxLines` at most.
    mutating func run() throws -> [String] {
        for block in 0...table.block(of: max(lastPair, table.through)) {
            var standing = try count(block)
            try compare(block, &standing)
            if lines.count >= maxLines { return lines }
        }
        for (query, state) in states.sorted(by: { $0.key < $1.key }) { judge(query, state) }
        return Array(lines.prefix(maxLines))
    }

    /// Counts what the pairs of a block hold, from their own rows.
    private mutating func count(_ block: Int64) throws -> [Int64: Standing] {
        var standing: [Int64: Standing] = [:]
        try pairs.bind(1, block * table.size).bind(2, (block + 1) * table.size - 1).forEach { row in
            let (id, u) = (row.int(0), row.int(1))
            let isLive = CatalogueSchema.Status(rawValue: row.int(2)) == .live
            let queries = Stored.decode(row.blob(3))
            var holds = false
            for query in queries where note(query, u, isLive: isLive) { holds = true }
            if isLive && !holds { lines.append("pair \(id) is live and no query claims it") }
            if id <= table.through { standing[id] = Standing(u: u, queries: queries) }
            return lines.count < maxLines
        }
        return standing
    }

    /// Counts one match; true where it may hold a claim.
    private mutating func note(_ query: QueryID, _ u: Int64, isLive: Bool) -> Bool {
        guard var state = states[query] else {
            lines.append("query \(query) is matched and has no state")
            return false
        }
        let threshold = state.threshold ?? .max
        if state.threshold == nil || u < threshold { state.below += 1 }
        if state.threshold != nil && u == threshold { state.tied += 1 }
        if isLive { state.live += 1 }
        states[query] = state
        return state.threshold == nil || u <= threshold
    }

    private mutating func judge(_ query: QueryID, _ state: State) {
        let isRight =
            state.threshold == nil
            ? state.claims == state.below
            : state.below < state.claims && state.claims <= state.below + state.tied
        if !isRight {
            lines.append(
                "query \(query) holds \(state.below + state.tied) claims, its state says \(state.claims)"
                    + (state.threshold != nil && state.tied == 0 ? " with a threshold that no pair has" : ""))
        }
        if state.live != state.pairs {
            lines.append(
                "query \(query) is matched by \(state.live) live pairs, its state says \(state.pairs)")
        }
    }

    /// Compares a block of the table with the pairs that it is of.
    private mutating func compare(_ block: Int64, _ standing: inout [Int64: Standing]) throws {
        try matches.bind(1, block).forEach { row in
            let (query, u, id) = (row.int(0), row.int(1), row.int(2))
            // A match stays when its pair leaves the set, or keeps only what it claims as a ghost.
            guard var pair = standing[id] else { return true }
            if pair.u != u { lines.append("query \(query) lists pair \(id) with another priority") }
            if pair.queries.contains(where: { Int64($0) == query }) { pair.found += 1 }
            standing[id] = pair
            return lines.count < maxLines
        }
        for (id, pair) in standing.sorted(by: { $0.key < $1.key })
        where pair.found != pair.queries.count && lines.count < maxLines {
            lines.append("pair \(id) is listed for \(pair.found) of its \(pair.queries.count) queries")
        }
    }
}
