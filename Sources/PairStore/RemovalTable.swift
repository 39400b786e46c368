internal import GRDB

/// The removals that a store was told of: a candidate that one of them names is not eligible.
///
/// What they name is kept as SHA-256, so that a removed URL or text stands nowhere in the store.
struct RemovalTable {
    private let isEmpty: SQLStatement
    private let find: SQLStatement
    private let insert: SQLStatement
    private let every: SQLStatement

    init(_ database: Database) throws {
        isEmpty = try SQLStatement(database, "SELECT 1 FROM removals LIMIT 1")
        find = try SQLStatement(database, "SELECT 1 FROM removals WHERE kind = ? AND hash = ?")
        insert = try SQLStatement(
            database, "INSERT OR IGNORE INTO removals (kind, hash, at) VALUES (?, ?, ?)")
        every = try SQLStatement(database, "SELECT kind, hash FROM removals ORDER BY kind, hash")
    }

    func add(_ removal: Removal, at milliseconds: Int64) throws {
        try insert.bind(1, removal.kind.rawValue).bind(2, removal.hash).bind(3, milliseconds).run()
    }

    /// Whether a removal is any of the names that a pair goes by; they are worked out only if there are removals.
    func contains(_ names: () -> [Removal]) throws -> Bool {
        guard try isEmpty.first({ _ in true }) != nil else { return false }
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
