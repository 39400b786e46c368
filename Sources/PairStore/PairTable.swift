internal import GRDB
internal import QueryBank

/// The hot statements on `pairs` and `seen`.
struct PairTable {
    private let insert: SQLStatement
    private let byKey: SQLStatement
    private let seenByKey: SQLStatement
    private let anyOfImage: SQLStatement
    private let ofGroup: SQLStatement
    private let removedGroup: SQLStatement
    private let byID: SQLStatement
    private let standing: SQLStatement
    private let priority: SQLStatement
    private let die: SQLStatement
    private let revive: SQLStatement
    private let delete: SQLStatement
    private let addSeen: SQLStatement
    private let sameImage: SQLStatement
    private let byImage: SQLStatement

    init(_ database: Database) throws {
        let columns = """
            id, key, grp, sha256, u, status, born, died, shard, offset, bytes, json_bytes, format, width, height,
            phash, phash_algorithm, fetched_at, text, text_source, licence, language, origin, path, page, queries
            """
        let marks = Array(repeating: "?", count: 26).joined(separator: ",")
        insert = try SQLStatement(database, "INSERT INTO pairs (\(columns)) VALUES (\(marks))")
        byKey = try SQLStatement(database, "SELECT status, grp FROM pairs WHERE key = ? ORDER BY status")
        seenByKey = try SQLStatement(database, "SELECT grp FROM seen WHERE key = ?")
        let inImage = "substr(sha256, 1, 5) = substr(?1, 1, 5)"
        let inGroup = inImage + " AND substr(grp, 1, 5) = substr(?2, 1, 5) AND grp = ?2"
        anyOfImage = try SQLStatement(database, "SELECT 1 FROM pairs WHERE \(inImage) LIMIT 1")
        ofGroup = try SQLStatement(
            database,
            "SELECT id, status FROM pairs WHERE \(inGroup) AND status IN (0, 3, 4)")
        removedGroup = try SQLStatement(
            database, "SELECT id FROM pairs WHERE \(inGroup) AND status = 3 ORDER BY u LIMIT 1")
        byID = try SQLStatement(database, PairRow.select + "WHERE p.id = ?")
        standing = try SQLStatement(database, "SELECT u, status, queries FROM pairs WHERE id = ?")
        priority = try SQLStatement(
            database,
            "SELECT p.u, o.origin, p.path, p.text FROM pairs p LEFT JOIN origins o ON o.id = p.origin WHERE p.id = ?"
        )
        die = try SQLStatement(database, "UPDATE pairs SET status = ?, died = ? WHERE id = ?")
        revive = try SQLStatement(
            database, "UPDATE pairs SET status = 0, died = NULL, shard = ?, offset = ? WHERE id = ?")
        delete = try SQLStatement(database, "DELETE FROM pairs WHERE id = ?")
        addSeen = try SQLStatement(
            database,
            "INSERT OR IGNORE INTO seen (key, grp, u, fetched_at, origin, path, page) VALUES (?,?,?,?,?,?,?)")
        sameImage = try SQLStatement(
            database,
            "SELECT 1 FROM pairs WHERE \(inImage) AND sha256 = ?1 AND status = 0 LIMIT 1")
        byImage = try SQLStatement(
            database,
            "SELECT id FROM pairs WHERE \(inImage) AND sha256 = ?1 AND shard NOT NULL AND status != 3 LIMIT 1"
        )
    }

    func add(_ row: PairRow, _ names: InternedRow) throws {
        insert.bind(1, row.id).bind(2, row.key).bind(3, row.group).bind(4, row.sha256)
        insert.bind(5, Stored.ordered(row.u)).bind(6, row.status.rawValue).bind(7, row.born)
        insert.bind(8, row.died).bind(9, row.place?.shard).bind(10, row.place?.offset)
        insert.bind(11, Int64(row.imageBytes)).bind(12, Int64(row.jsonBytes)).bind(13, row.format)
        insert.bind(14, Int64(row.width)).bind(15, Int64(row.height)).bind(16, Int64(bitPattern: row.phash))
        insert.bind(17, names.phashAlgorithm).bind(18, row.fetchedAt).bind(19, row.text)
        insert.bind(20, names.textSource).bind(21, names.licence).bind(22, names.language)
        insert.bind(23, names.place.origin).bind(24, names.place.path).bind(25, names.place.page)
        try insert.bind(26, Stored.encode(row.queries)).run()
    }

    /// What a key was decided to be before, if it was; with `group`, only as a member of that group.
    func outcome(of key: [UInt8], group: [UInt8]? = nil) throws -> PairOutcome? {
        var outcome: PairOutcome?
        try byKey.bind(1, key).forEach { row in
            if let group, row.blob(1) != group { return true }
            outcome = try Self.outcome(ofStatus: row.int(0))
            return false
        }
        if let outcome { return outcome }
        let seen = try seenByKey.bind(1, key).first { $0.blob(0) }
        return seen.flatMap { group == nil || $0 == group ? .merged : nil }
    }

    private static func outcome(ofStatus status: Int64) throws -> PairOutcome {
        switch CatalogueSchema.Status(rawValue: status) {
        case .live, .lost: return .kept
        case .evicted: return .refused
        case .superseded: return .merged
        case .removed: return .removed
        case nil: throw StoreError(.damaged, "catalogue", "holds a pair of unknown status \(status)")
        }
    }

    /// What the catalogue knows of a picture with a text.
    struct Group {
        /// The pair that stands for it in the set, its bytes lost or not.
        var standing: Int64?
        /// Whether a ghost of it is there.
        var isRemoved = false
        /// Whether no pair of the picture was ever seen, with any text.
        var isNewImage = false
    }

    func group(_ image: [UInt8], _ group: [UInt8]) throws -> Group {
        // Most pictures are new.
        if try anyOfImage.bind(1, image).first({ _ in true }) == nil { return Group(isNewImage: true) }
        var found = Group()
        try ofGroup.bind(1, image).bind(2, group).forEach {
            if CatalogueSchema.Status(rawValue: $0.int(1)) == .removed {
                found.isRemoved = true
            } else {
                found.standing = $0.int(0)
            }
            return true
        }
        return found
    }

    /// The pair that stands for a group in the set.
    func standing(_ image: [UInt8], _ group: [UInt8]) throws -> PairRow? {
        try self.group(image, group).standing.map(row)
    }

    /// The ghost of a group that was removed.
    func removed(_ ghost: RemovalLog.Ghost) throws -> PairRow? {
        try removedGroup.bind(1, ghost.sha256).bind(2, ghost.group).first { $0.int(0) }.map(row)
    }

    func row(_ id: Int64) throws -> PairRow {
        guard let row = try byID.bind(1, id).first({ try PairRow($0) }) else { throw Self.lacks(id) }
        return row
    }

    /// What decides whether a pair holds claims, without the rest of its row.
    func standing(_ id: Int64) throws -> PairRow.Standing {
        let found = try standing.bind(1, id).first {
            PairRow.Standing(
                id: id, u: Stored.unsigned($0.int(0)), status: try .init($0.int(1), ofPair: id),
                queries: Stored.decode($0.blob(2)))
        }
        guard let found else { throw Self.lacks(id) }
        return found
    }

    private static func lacks(_ id: Int64) -> StoreError {
        StoreError(.damaged, "catalogue", "lacks pair \(id), which holds a claim; run wit verify")
    }

    func priority(of id: Int64) throws -> Priority {
        let found = try priority.bind(1, id).first {
            Priority(u: Stored.unsigned($0.int(0)), imageURL: $0.text(1) + $0.text(2), text: $0.text(3))
        }
        guard let found else { throw Self.lacks(id) }
        return found
    }

    func end(_ id: Int64, as status: CatalogueSchema.Status, at commit: Int64) throws {
        try die.bind(1, status.rawValue).bind(2, commit).bind(3, id).run()
    }

    /// Brings a lost pair back: its bytes lie at `place` now.
    func revive(_ id: Int64, at place: PairRow.Place) throws {
        try revive.bind(1, place.shard).bind(2, place.offset).bind(3, id).run()
    }

    func delete(_ id: Int64) throws { try delete.bind(1, id).run() }

    func addSeen(_ sighting: Sighting, _ place: InternedPlace) throws {
        addSeen.bind(1, sighting.key).bind(2, sighting.group).bind(3, Stored.ordered(sighting.u))
        addSeen.bind(4, sighting.fetchedAt)
        try addSeen.bind(5, place.origin).bind(6, place.path).bind(7, place.page).run()
    }

    /// Whether a live pair shows the picture.
    func isLive(image sha256: [UInt8]) throws -> Bool {
        try sameImage.bind(1, sha256).first { _ in true } ?? false
    }

    /// A pair whose stored bytes are the picture.
    func holder(ofImage sha256: [UInt8]) throws -> PairRow? {
        let id = try byImage.bind(1, sha256).first { $0.int(0) }
        return try id.map(row)
    }
}
