internal import Digest
internal import GRDB

/// The removals that a store was told of: a candidate that one of them names is not eligible.
///
/// What they name is kept as SHA-256, so that a removed URL or text stands nowhere in the store.
struct RemovalTable {
    private let isEmpty: SQLStatement
    private let find: SQLStatement
    private let insert: SQLStatement

    init(_ database: Database) throws {
        isEmpty = try SQLStatement(database, "SELECT 1 FROM removals LIMIT 1")
        find = try SQLStatement(database, "SELECT 1 FROM removals WHERE kind = ? AND hash = ?")
        insert = try SQLStatement(
            database, "INSERT OR IGNORE INTO removals (kind, hash, at) VALUES (?, ?, ?)")
    }

    func add(_ kind: String, _ hash: [UInt8], at milliseconds: Int64) throws {
        try insert.bind(1, kind).bind(2, hash).bind(3, milliseconds).run()
    }

    /// Whether a removal names the pair, in any of the ways a pair can be named.
    func names(_ row: PairRow) throws -> Bool {
        guard try isEmpty.first({ _ in true }) != nil else { return false }
        let names: [(kind: String, hash: [UInt8])] = [
            ("url", Self.hash(row.imageURL)), ("host", Self.hash(URLParts(row.imageURL).host)),
            ("page", Self.hash(row.pageURL)), ("text", Self.hash(row.text)),
            ("sha256", row.sha256), ("key", row.key),
        ]
        return try names.contains { try find.bind(1, $0.kind).bind(2, $0.hash).first { _ in true } ?? false }
    }

    static func hash(_ text: String) -> [UInt8] { SHA256Digest(ofUTF8: text).bytes }
}
