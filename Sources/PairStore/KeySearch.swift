internal import GRDB

/// Looks a pair up by its key where one look is all there will be: pairs that are not in `keys` yet are read through.
struct KeySearch {
    private let find: SQLStatement
    private let findSeen: SQLStatement

    init(_ database: Database) throws {
        find = try SQLStatement(
            database,
            """
            SELECT id FROM (
              SELECT p.id AS id, p.status AS status FROM keys k CROSS JOIN pairs p ON p.id = k.pair
              WHERE k.key = ?1 AND p.key = ?2
              UNION ALL SELECT id, status FROM pairs
              WHERE id > \(Meta.indexedThrough) AND key = ?2)
            ORDER BY status LIMIT 1
            """)
        findSeen = try SQLStatement(database, "SELECT 1 FROM seen WHERE key = ?")
    }

    /// The number of a pair with a key, one in the set before others.
    func pair(_ key: [UInt8]) throws -> Int64? {
        try find.bind(1, PairIndex.beginning(of: key)).bind(2, key).first { $0.int(0) }
    }

    /// Whether a candidate's picture was fetched, whatever became of it.
    func isKnown(_ key: [UInt8]) throws -> Bool {
        try pair(key) != nil || findSeen.bind(1, key).first { _ in true } != nil
    }
}
