internal import GRDB

/// The catalogue against itself: its sums, its claims and SQLite's own structure.
struct CatalogueCheck {
    private let catalogue: CatalogueReader

    /// Lines that one check gives at most.
    private static let maxLines = 20

    init(_ catalogue: CatalogueReader) { self.catalogue = catalogue }

    /// Each statement gives a line for everything that is wrong.
    private static let statements = [
        """
        SELECT 'query ' || c.query || ' holds ' || c.n || ' claims, its state says ' || coalesce(s.claims, 'nothing')
        FROM (SELECT query, count(*) AS n, max(u) AS u FROM claims GROUP BY query) c
          LEFT JOIN query_state s ON s.query = c.query WHERE s.claims IS NOT c.n
        """,
        """
        SELECT 'query ' || s.query || ' is said to hold ' || s.claims || ' claims and holds none'
        FROM query_state s WHERE s.claims > 0 AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.query = s.query)
        """,
        """
        SELECT 'the threshold of query ' || s.query || ' is not its largest claim'
        FROM query_state s WHERE s.u NOT NULL
          AND s.u IS NOT (SELECT max(c.u) FROM claims c WHERE c.query = s.query)
        """,
        """
        SELECT 'query ' || c.query || ' is claimed by pair ' || c.pair || ', which is not in the set'
        FROM claims c LEFT JOIN pairs p ON p.id = c.pair
        WHERE p.id IS NULL OR p.u != c.u OR p.status NOT IN (0, 3, 4)
        """,
        """
        SELECT 'pair ' || p.id || ' is live and lies in no shard' FROM pairs p
        WHERE p.status = 0 AND (p.shard IS NULL OR NOT EXISTS (SELECT 1 FROM shards s WHERE s.id = p.shard))
        """,
        """
        SELECT 'the catalogue says ' || coalesce((SELECT value FROM totals WHERE kind = 'pairs' AND bucket = 'live'), 0)
          || ' live pairs and holds ' || n
        FROM (SELECT count(*) AS n FROM pairs WHERE status = 0)
        WHERE n != coalesce((SELECT value FROM totals WHERE kind = 'pairs' AND bucket = 'live'), 0)
        """,
    ]

    func run() throws -> [String] {
        try catalogue.read { database in
            let structure = try String.fetchAll(database, sql: "PRAGMA quick_check(\(Self.maxLines))")
            if structure != ["ok"] { return structure.map { "SQLite: \($0)".oneLine } }
            var lines: [String] = []
            for sql in Self.statements {
                lines += try String.fetchAll(database, sql: sql + " LIMIT \(Self.maxLines)")
            }
            return try lines + unclaimedPairs(database)
        }
    }

    /// Live pairs that no query claims.
    private func unclaimedPairs(_ database: Database) throws -> [String] {
        let claims = try ClaimTable(database, PairTable(database))
        var lines: [String] = []
        let statement = try SQLStatement(database, "SELECT id, u, queries FROM pairs WHERE status = 0")
        try statement.forEach { row in
            let id = row.int(0)
            let isHeld = try Stored.decode(row.blob(2)).contains {
                try claims.holds($0, u: row.int(1), pair: id)
            }
            if !isHeld { lines.append("pair \(id) is live and no query claims it") }
            return lines.count < Self.maxLines
        }
        return lines
    }
}
