internal import GRDB
internal import QueryBank

/// The hot statements on `pairs` and `seen`.
final class PairTable {
    let index: PairIndex
    private let insert: SQLStatement
    private let identity: SQLStatement
    private let seenByKey: SQLStatement
    private let byID: SQLStatement
    private let standing: SQLStatement
    private let die: SQLStatement
    private let revive: SQLStatement
    private let delete: SQLStatement
    private let addSeen: SQLStatement

    init(_ database: Database) throws {
        index = try PairIndex(database)
        let columns = """
            id, key, grp, sha256, u, status, born, died, shard, offset, bytes, json_bytes, format, width, height,
            phash, phash_algorithm, fetched_at, text, text_source, licence, language, origin, path, page, queries, extra
            """
        let marks = Array(repeating: "?", count: 27).joined(separator: ",")
        insert = try SQLStatement(database, "INSERT INTO pairs (\(columns)) VALUES (\(marks))")
        identity = try SQLStatement(
            database, "SELECT id, status, u, key, grp, sha256, shard NOT NULL FROM pairs WHERE id = ?")
        seenByKey = try SQLStatement(database, "SELECT grp FROM seen WHERE key = ?")
        byID = try SQLStatement(database, PairRow.select + "WHERE p.id = ?")
        standing = try SQLStatement(database, "SELECT u, status, queries FROM pairs WHERE id = ?")
        die = try SQLStatement(database, "UPDATE pairs SET status = ?, died = ? WHERE id = ?")
        revive = try SQLStatement(
            database, "UPDATE pairs SET status = 0, died = NULL, shard = ?, offset = ? WHERE id = ?")
        delete = try SQLStatement(database, "DELETE FROM pairs WHERE id = ?")
        addSeen = try SQLStatement(
            database,
            "INSERT OR IGNORE INTO seen (key, grp, u, fetched_at, origin, path, page) VALUES (?,?,?,?,?,?,?)")
    }

    // MARK: Who a pair is

    /// What tells pairs whose hashes begin alike apart.
    private struct Identity {
        let id: Int64
        let status: CatalogueSchema.Status
        let u: UInt64
        let key: [UInt8]
        let group: [UInt8]
        let sha256: [UInt8]
        let hasBytes: Bool
    }

    private func identity(_ id: Int64) throws -> Identity {
        let found = try identity.bind(1, id).first {
            Identity(
                id: $0.int(0), status: try .init($0.int(1), ofPair: id), u: Stored.unsigned($0.int(2)),
                key: $0.blob(3), group: $0.blob(4), sha256: $0.blob(5), hasBytes: $0.int(6) != 0)
        }
        guard let found else { throw StoreError.lacks(id, "which its index names") }
        return found
    }

    /// The first of some pairs that is as asked for.
    private func first(
        of ids: [Int64], where isAsked: (Identity) -> Bool
    ) throws -> Int64? {
        for id in ids {
            let pair = try identity(id)
            if isAsked(pair) { return pair.id }
        }
        return nil
    }

    /// - Parameter queries: those of the row as the catalogue stores them, if they are known.
    func add(_ row: PairRow, _ names: InternedRow, queries: [UInt8]? = nil) throws {
        insert.bind(1, row.id).bind(2, row.key).bind(3, row.group).bind(4, row.sha256)
        insert.bind(5, Stored.ordered(row.u)).bind(6, row.status.rawValue).bind(7, row.born)
        insert.bind(8, row.died).bind(9, row.place?.shard).bind(10, row.place?.offset)
        insert.bind(11, Int64(row.imageBytes)).bind(12, Int64(row.jsonBytes)).bind(13, row.format)
        insert.bind(14, Int64(row.width)).bind(15, Int64(row.height)).bind(16, Int64(bitPattern: row.phash))
        insert.bind(17, names.phashAlgorithm).bind(18, row.fetchedAt).bind(19, row.text)
        insert.bind(20, names.textSource).bind(21, names.licence).bind(22, names.language)
        insert.bind(23, names.place.origin).bind(24, names.place.path).bind(25, names.place.page)
        insert.bind(26, queries ?? Stored.encode(row.queries))
        try insert.bind(27, row.extra?.json).run()
        try index.add(row, origin: names.place.origin)
    }

    /// What a key was decided to be before, if it was; with `group`, only as a member of that group.
    func outcome(of key: [UInt8], group: [UInt8]? = nil) throws -> PairOutcome? {
        let members = try index.pairs(withKey: key).map(identity).filter {
            $0.key == key && (group == nil || $0.group == group)
        }
        if let status = members.map(\.status).min(by: { $0.rawValue < $1.rawValue }) {
            return Self.outcome(of: status)
        }
        let seen = try seenByKey.bind(1, key).first { $0.blob(0) }
        return seen.flatMap { group == nil || $0 == group ? .merged : nil }
    }

    private static func outcome(of status: CatalogueSchema.Status) -> PairOutcome {
        switch status {
        case .live, .lost: .kept
        case .evicted: .refused
        case .superseded: .merged
        case .removed: .removed
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
        if try index.pairs(ofImage: image).isEmpty { return Group(isNewImage: true) }
        var found = Group()
        for id in try index.pairs(ofImage: image, group: group) {
            let pair = try identity(id)
            guard pair.group == group else { continue }
            switch pair.status {
            case .removed: found.isRemoved = true
            case .live, .lost: found.standing = id
            case .evicted, .superseded: break
            }
        }
        return found
    }

    /// The pair that stands for a group in the set.
    func standing(_ image: [UInt8], _ group: [UInt8]) throws -> PairRow? {
        try self.group(image, group).standing.map(row)
    }

    /// The ghost of a group that was removed.
    func removed(_ ghost: RemovalLog.Ghost) throws -> PairRow? {
        try index.pairs(ofImage: ghost.sha256, group: ghost.group).map(identity)
            .filter { $0.group == ghost.group && $0.status == .removed }
            .min { $0.u < $1.u }.map { try row($0.id) }
    }

    func row(_ id: Int64) throws -> PairRow {
        guard let row = try byID.bind(1, id).first({ try PairRow($0) }) else { throw StoreError.lacks(id) }
        return row
    }

    /// What decides whether a pair holds claims, without the rest of its row.
    func standing(_ id: Int64) throws -> PairRow.Standing {
        let found = try standing.bind(1, id).first {
            PairRow.Standing(
                id: id, u: Stored.unsigned($0.int(0)), status: try .init($0.int(1), ofPair: id),
                queries: Stored.decode($0.blob(2)))
        }
        guard let found else { throw StoreError.lacks(id) }
        return found
    }

    func end(_ id: Int64, as status: CatalogueSchema.Status, at commit: Int64) throws {
        try die.bind(1, status.rawValue).bind(2, commit).bind(3, id).run()
    }

    /// Brings a lost pair back: its bytes lie at `place` now.
    func revive(_ id: Int64, at place: PairRow.Place) throws {
        try revive.bind(1, place.shard).bind(2, place.offset).bind(3, id).run()
    }

    func delete(_ row: PairRow) throws {
        try delete.bind(1, row.id).run()
        try index.remove(row)
    }

    func addSeen(_ sighting: Sighting, _ place: InternedPlace) throws {
        addSeen.bind(1, sighting.key).bind(2, sighting.group).bind(3, Stored.ordered(sighting.u))
        addSeen.bind(4, sighting.fetchedAt)
        try addSeen.bind(5, place.origin).bind(6, place.path).bind(7, place.page).run()
    }

    /// Whether a live pair shows the picture.
    func isLive(image sha256: [UInt8]) throws -> Bool {
        try first(of: index.pairs(ofImage: sha256)) { $0.status == .live && $0.sha256 == sha256 } != nil
    }

    /// A pair whose stored bytes are the picture.
    func holder(ofImage sha256: [UInt8]) throws -> PairRow? {
        try first(of: index.pairs(ofImage: sha256)) {
            $0.hasBytes && $0.status != .removed && $0.sha256 == sha256
        }.map(row)
    }
}
