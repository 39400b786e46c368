internal import GRDB

/// The removals that a store was told of: a candidate that one of them names is not eligible.
///
/// What they name is kept as SHA-256, so that a removed URL or text stands nowhere in the store.
final class RemovalTable {
    private let any: SQLStatement
    /// Whether there are removals: nobody but this connection adds any, and none is ever taken back.
    private var hasAny: Bool?
    private let find: SQLStatement
    private let insert: SQLStatement
    private let every: SQLStatement

    init(_ database: Database) throws {
        any = try SQLStatement(database, "SELECT 1 FROM removals LIMIT 1")
        find = try SQLStatement(database, "SELECT 1 FROM removals WHERE kind = ? AND hash = ?")
        insert = try SQLStatement(
            database, "INSERT OR IGNORE INTO removals (kind, hash, at) VALUES (?, ?, ?)")
        every = try SQLStatement(database, "SELECT kind, hash FROM removals ORDER BY kind, hash")
    }

    func add(_ removal: Removal, at milliseconds: Int64) throws {
        hasAny = true
        try insert.bind(1, removal.kind.rawValue).bind(2, removal.hash).bind(3, milliseconds).run()
    }

    /// Whether a removal is any of the names that a pair goes by; they are worked out only if there are removals.
    func contains(_ names: () -> [Removal]) throws -> Bool {
        let hasAny = try hasAny ?? any.first { _ in true } ?? false
        self.hasAny = hasAny
        guard hasAny else { return false }
        return try names().contains {
            try find.bind(1, $0.kind.rawValue).bind(2, $0.hash).first { _ in true } ?? false
        }
    }

    func all() throws -> Set<Removal> {
        var removals: Set<Removal> = []
        try every.forEach { row in
            guard let kind = Removal.Kind(rawValue: row.text(0)) else {
                throw StoreError(
                    .damaged, "catalogue", "holds a removal of kind \(row.text(0)), which no wit writes")
            }
            removals.insert(Removal(kind, hash: row.blob(1)))
            return true
        }
        return removals
    }
}
