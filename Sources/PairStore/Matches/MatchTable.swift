internal import GRDB
internal import QueryBank

/// One match as an index holds it: a pair with the priority it would claim by.
struct Match: Hashable, Comparable {
    /// As stored: signed, in the order of priorities.
    let u: Int64
    let pair: Int64

    static func < (left: Self, right: Self) -> Bool { (left.u, left.pair) < (right.u, right.pair) }
}

/// Which pairs match a query, as the catalogue keeps it: in blocks of consecutive pairs, each in the order of queries and
/// priorities.
///
/// One tree over all pairs would have every commit change a page for almost every match. A block is written once, when
/// its pairs are all there, in its own order; until then its matches are found in the rows of `pairs`. A match stays when
/// its pair leaves the set, so whoever reads looks at the pair too.
package struct MatchTable {
    /// Pairs of a block in a catalogue that is made now; an existing one says what its blocks are.
    @TaskLocal package static var pairsInBlock: Int64 = 32_768

    /// Pairs of a block.
    let size: Int64
    /// The last pair whose matches are in the table.
    private(set) var through: Int64
    private let matchedThrough: SQLStatement
    private let largest: SQLStatement
    private let tied: SQLStatement
    private let all: SQLStatement
    private let insert: BulkInsert
    private let insertBlock: SQLStatement
    private let tail: SQLStatement
    private let isStanding: SQLStatement

    init(_ database: Database) throws {
        size = try Meta(database).pairsInBlock()
        matchedThrough = try SQLStatement(database, "SELECT \(Meta.matchedThrough)")
        through = try Self.read(matchedThrough)
        largest = try SQLStatement(
            database,
            "SELECT u, pair FROM matched WHERE block = ? AND query = ? AND u <= ? ORDER BY u DESC LIMIT ?")
        tied = try SQLStatement(
            database, "SELECT u, pair FROM matched WHERE block = ? AND query = ? AND u = ?")
        all = try SQLStatement(database, "SELECT pair FROM matched WHERE block = ? AND query = ?")
        insert = try BulkInsert(
            database, into: "matched", ["block", "query", "u", "pair"], clause: "ON CONFLICT DO NOTHING")
        insertBlock = try SQLStatement(database, "INSERT OR IGNORE INTO blocks (id) VALUES (?)")
        tail = try SQLStatement(
            database,
            "SELECT id, u, queries FROM pairs WHERE id > ? AND id <= ? AND status IN (0, 3, 4) ORDER BY id")
        // The ghost of a pair that was out of the set already holds nothing.
        isStanding = try SQLStatement(
            database,
            "SELECT 1 FROM pairs WHERE id = ? AND (status IN (0, 4) OR status = 3 AND length(queries) > 0)")
    }

    func block(of pair: Int64) -> Int64 { pair / size }

    /// The blocks that hold anything, or may.
    var blocks: ClosedRange<Int64>? { through > 0 ? 0...block(of: through) : nil }

    // MARK: Reading

    /// Matches of a query in all blocks that are not above `u`: at least `count` of the largest, or all there are; how far
    /// down they are complete is told with them, `nil` meaning to the end.
    func largest(of query: QueryID, upTo u: Int64, count: Int) throws -> (matches: [Match], floor: Int64?) {
        guard let blocks else { return ([], nil) }
        let share = max(8, count / blocks.count)
        var matches: [Match] = []
        var floor: Int64?
        for block in blocks {
            let start = matches.count
            try largest.bind(1, block).bind(2, Int64(query)).bind(3, u).bind(4, Int64(share)).forEach {
                matches.append(Match(u: $0.int(0), pair: $0.int(1)))
                return true
            }
            guard matches.count - start == share, let last = matches.last?.u else { continue }
            floor = max(floor ?? last, last)
            // The last one may be one of several of equal priority.
            while matches.count > start, matches.last?.u == last { matches.removeLast() }
            matches += try tied(block, query, last)
        }
        return (floor.map { floor in matches.filter { $0.u >= floor } } ?? matches, floor)
    }

    private func tied(_ block: Int64, _ query: QueryID, _ u: Int64) throws -> [Match] {
        var matches: [Match] = []
        try tied.bind(1, block).bind(2, Int64(query)).bind(3, u).forEach {
            matches.append(Match(u: $0.int(0), pair: $0.int(1)))
            return true
        }
        return matches
    }

    /// Who holds claims among the matches of a query that have its threshold's own `u`: URL and text decide, which the
    /// table does not know. `held` is how many claims the query holds, `waiting` what is not in the table.
    func holders(
        of query: QueryID, at u: Int64, held: Int, waiting: [Match], stands: (Match) throws -> Bool,
        priority: (Match) throws -> Priority
    ) throws -> Set<Match> {
        let inTable = try blocks.map { try $0.flatMap { try self.tied($0, query, u) } } ?? []
        let tied = try (inTable + waiting.filter { $0.u == u }).filter(stands)
        guard tied.count > 1 else { return Set(tied) }
        var below = waiting.filter { $0.u < u }
        if u > .min { below += try largest(of: query, upTo: u - 1, count: .max).matches }
        let known = try tied.map { (match: $0, priority: try priority($0)) }
        let places = try held - below.filter(stands).count
        let first = known.sorted { $0.priority < $1.priority }.prefix(max(0, places))
        return Set(first.map { $0.match })
    }

    /// The numbers of a block's pairs that match a query, ascending.
    func pairs(in block: Int64, matching query: QueryID) throws -> [Int64] {
        var ids: [Int64] = []
        try all.bind(1, block).bind(2, Int64(query)).forEach {
            ids.append($0.int(0))
            return true
        }
        return ids.sorted()
    }

    /// Pairs after `first` that stand in the set or hold claims as ghosts, with their matches, from their own rows.
    func forEachStanding(
        after first: Int64, to last: Int64 = .max,
        _ body: (_ match: Match, _ queries: [QueryID]) throws -> Void
    ) throws {
        try tail.bind(1, first).bind(2, last).forEach { row in
            try body(Match(u: row.int(1), pair: row.int(0)), Stored.decode(row.blob(2)))
            return true
        }
    }

    /// Whether a pair holds places: it is in the set, its bytes lost or not, or the ghost of one that was removed.
    func isStanding(_ pair: Int64) throws -> Bool {
        try isStanding.bind(1, pair).first { _ in true } ?? false
    }

    // MARK: Writing

    /// Takes back what a transaction said that was rolled back.
    mutating func reread() throws { through = try Self.read(matchedThrough) }

    private static func read(_ mark: SQLStatement) throws -> Int64 { try mark.first { $0.int(0) } ?? 0 }

    /// One row of the table, in its order.
    struct Row: Comparable {
        let block: Int64
        let query: QueryID
        let match: Match

        static func < (left: Self, right: Self) -> Bool {
            (left.block, left.query, left.match) < (right.block, right.query, right.match)
        }
    }

    /// Writes the matches of all pairs up to a number that were not written before, `rows` being in the table's order.
    mutating func write(_ rows: [Row], through last: Int64, _ database: Database) throws {
        try insert.run(rows) { row, statement, index in
            statement.bind(index + 1, row.block).bind(index + 2, Int64(row.query))
            statement.bind(index + 3, row.match.u).bind(index + 4, row.match.pair)
        }
        for block in block(of: through)...block(of: last) { try insertBlock.bind(1, block).run() }
        try Meta(database).set(matchedThrough: last)
        through = last
    }

    /// Writes whole blocks out of `pairs` while there are any: for a catalogue of an earlier version.
    mutating func catchUp(_ database: Database, to last: Int64) throws {
        while case let end = (block(of: through + 1) + 1) * size - 1, end <= last {
            var rows: [Row] = []
            try forEachStanding(after: through, to: end) { match, queries in
                rows += queries.map { Row(block: block(of: match.pair), query: $0, match: match) }
            }
            try database.inTransaction(.immediate) {
                try write(rows.sorted(), through: end, database)
                return .commit
            }
        }
    }
}
