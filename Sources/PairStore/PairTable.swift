internal import GRDB
internal import QueryBank

/// The hot statements on `pairs` and `seen`.
struct PairTable {
    private let insert: SQLStatement
    private let byKey: SQLStatement
    private let seenByKey: SQLStatement
    private let liveGroup: SQLStatement
    private let removedGroup: SQLStatement
    private let byID: SQLStatement
    private let priority: SQLStatement
    private let die: SQLStatement
    private let addSeen: SQLStatement
    private let sameImage: SQLStatement
    private let byImage: SQLStatement

    init(_ database: Database) throws {
        let columns = """
            id, key, grp, sha256, u, status, born, shard, offset, bytes, json_bytes, format, width, height,
            phash, phash_algorithm, fetched_at, text, text_source, licence, language, origin, path, page, queries
            """
        let marks = Array(repeating: "?", count: 25).joined(separator: ",")
        insert = try SQLStatement(database, "INSERT INTO pairs (\(columns)) VALUES (\(marks))")
        byKey = try SQLStatement(database, "SELECT status FROM pairs WHERE key = ?")
        seenByKey = try SQLStatement(database, "SELECT 1 FROM seen WHERE key = ?")
        liveGroup = try SQLStatement(database, "SELECT id FROM pairs WHERE grp = ? AND status = 0")
        removedGroup = try SQLStatement(database, "SELECT id FROM pairs WHERE grp = ? AND status = 3")
        byID = try SQLStatement(database, PairRow.select + "WHERE p.id = ?")
        priority = try SQLStatement(
            database,
            "SELECT p.u, o.origin, p.path, p.text FROM pairs p LEFT JOIN origins o ON o.id = p.origin WHERE p.id = ?"
        )
        die = try SQLStatement(database, "UPDATE pairs SET status = ?, died = ? WHERE id = ?")
        addSeen = try SQLStatement(
            database,
            "INSERT OR IGNORE INTO seen (key, grp, u, fetched_at, origin, path, page) VALUES (?,?,?,?,?,?,?)")
        sameImage = try SQLStatement(
            database,
            "SELECT 1 FROM pairs WHERE substr(sha256, 1, 8) = ? AND sha256 = ? AND status = 0 LIMIT 1")
        byImage = try SQLStatement(
            database,
            "SELECT id FROM pairs WHERE substr(sha256, 1, 8) = ? AND sha256 = ? AND shard NOT NULL AND status != 3 LIMIT 1"
        )
    }

    func add(_ row: PairRow, _ names: InternedRow) throws {
        insert.bind(1, row.id).bind(2, row.key).bind(3, row.group).bind(4, row.sha256)
        insert.bind(5, Stored.ordered(row.u)).bind(6, row.status.rawValue).bind(7, row.born)
        insert.bind(8, row.place?.shard).bind(9, row.place?.offset)
        insert.bind(10, Int64(row.imageBytes)).bind(11, Int64(row.jsonBytes)).bind(12, row.format)
        insert.bind(13, Int64(row.width)).bind(14, Int64(row.height)).bind(15, Int64(bitPattern: row.phash))
        insert.bind(16, names.phashAlgorithm).bind(17, row.fetchedAt).bind(18, row.text)
        insert.bind(19, names.textSource).bind(20, names.licence).bind(21, names.language)
        insert.bind(22, names.origin).bind(23, names.path).bind(24, names.page)
        try insert.bind(25, Stored.encode(row.queries)).run()
    }

    /// What a key was decided to be before, if it was.
    func outcome(of key: [UInt8]) throws -> PairOutcome? {
        if let status = try byKey.bind(1, key).first({ $0.int(0) }) {
            switch CatalogueSchema.Status(rawValue: status) {
            case .live: return .kept
            case .evicted: return .refused
            case .superseded: return .merged
            case .removed: return .removed
            case nil: throw StoreError(.damaged, "catalogue", "holds a pair of unknown status \(status)")
            }
        }
        return try seenByKey.bind(1, key).first { _ in PairOutcome.merged }
    }

    func live(group: [UInt8]) throws -> PairRow? {
        guard let id = try liveGroup.bind(1, group).first({ $0.int(0) }) else { return nil }
        return try row(id)
    }

    func isRemoved(group: [UInt8]) throws -> Bool {
        try removedGroup.bind(1, group).first { _ in true } ?? false
    }

    func row(_ id: Int64) throws -> PairRow {
        guard let row = try byID.bind(1, id).first({ try PairRow($0) }) else {
            throw StoreError(.damaged, "catalogue", "lacks pair \(id), which holds a claim; run wit verify")
        }
        return row
    }

    func priority(of id: Int64) throws -> Priority {
        let found = try priority.bind(1, id).first {
            Priority(u: Stored.unsigned($0.int(0)), imageURL: $0.text(1) + $0.text(2), text: $0.text(3))
        }
        guard let found else {
            throw StoreError(.damaged, "catalogue", "lacks pair \(id), which holds a claim; run wit verify")
        }
        return found
    }

    func end(_ id: Int64, as status: CatalogueSchema.Status, at commit: Int64) throws {
        try die.bind(1, status.rawValue).bind(2, commit).bind(3, id).run()
    }

    func addSeen(_ row: PairRow, _ names: InternedRow) throws {
        addSeen.bind(1, row.key).bind(2, row.group).bind(3, Stored.ordered(row.u)).bind(4, row.fetchedAt)
        try addSeen.bind(5, names.origin).bind(6, names.path).bind(7, names.page).run()
    }

    /// Whether a live pair shows the picture.
    func isLive(image sha256: [UInt8]) throws -> Bool {
        try sameImage.bind(1, Array(sha256.prefix(8))).bind(2, sha256).first { _ in true } ?? false
    }

    /// A pair whose stored bytes are the picture.
    func holder(ofImage sha256: [UInt8]) throws -> PairRow? {
        let id = try byImage.bind(1, Array(sha256.prefix(8))).bind(2, sha256).first { $0.int(0) }
        return try id.map(row)
    }
}
