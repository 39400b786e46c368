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
        SELECT 'pair ' || p.id || ' is live and lies in no shard' FROM pairs p
        WHERE p.status = 0 AND (p.shard IS NULL OR NOT EXISTS (SELECT 1 FROM shards s WHERE s.id = p.shard))
        """,
        """
        SELECT 'pairs ' || min(id) || ' and ' || max(id) || ' stand for the same picture and text' FROM pairs
        WHERE status IN (0, 4) GROUP BY grp HAVING count(*) > 1
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
            lines += try IndexCheck(database).run()
            var claims = try ClaimCheck(database, maxLines: Self.maxLines)
            return try lines + claims.run()
        }
    }
}
