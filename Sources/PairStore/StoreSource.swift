internal import Digest
internal import GRDB
internal import QueryBank

/// A store that another takes pairs over from; it is read only, and may be at work.
final class StoreSource {
    let paths: StorePaths
    let manifest: StoreManifest
    private let catalogue: CatalogueReader
    private let hold: ReaderHold?
    /// The shard that was read last.
    private var open: (number: Int64, file: PosixFile)?

    private static let pageRows: Int64 = 256

    init(_ path: String) throws {
        paths = StorePaths(path)
        manifest = try StoreManifest.existing(paths)
        hold = ReaderHold(paths)
        catalogue = try CatalogueReader(paths)
    }

    func read<T>(_ body: (Database) throws -> T) throws -> T { try catalogue.read(body) }

    // MARK: What was removed

    func removals() throws -> Set<Removal> { try read { try RemovalTable($0).all() } }

    /// The groups that are out already.
    func removedGroups() throws -> Set<[UInt8]> {
        try read { database in
            var groups: Set<[UInt8]> = []
            try SQLStatement(database, "SELECT grp FROM pairs WHERE status = 3").forEach {
                groups.insert($0.blob(0))
                return true
            }
            return groups
        }
    }

    /// What a union leaves of pairs that are out here, and of those that a search has found.
    func ghosts(_ search: RemovalSearch) throws -> [RemovalLog.Ghost] {
        try read { database in
            let found = Set(try search.run(database).pairs)
            let claims = try ClaimReader(database)
            var ghosts: [RemovalLog.Ghost] = []
            try SQLStatement(database, PairRow.select + "WHERE p.status IN (0, 3, 4)").forEach {
                let row = try PairRow($0)
                if row.status == .removed || found.contains(row.id) {
                    ghosts.append(RemovalLog.Ghost(row, claims: try claims.claims(of: row)))
                }
                return true
            }
            return ghosts
        }
    }

    // MARK: Pairs

    /// The next pairs with the other places where each was seen, ascending by number: those of the set, and with
    /// `withDead` those that left it.
    func page(after id: Int64, withDead: Bool = false) throws -> [(row: PairRow, sightings: [Sighting])] {
        try read { database in
            let seen = try SQLStatement(database, Sighting.select + "WHERE s.grp = ?")
            var page: [(row: PairRow, sightings: [Sighting])] = []
            let statement = try SQLStatement(
                database,
                PairRow.select + "WHERE p.id > ? AND p.status IN (0, 4\(withDead ? ", 1, 2" : "")) "
                    + "ORDER BY p.id LIMIT ?")
            try statement.bind(1, id).bind(2, Self.pageRows).forEach {
                let row = try PairRow($0)
                var sightings: [Sighting] = []
                try seen.bind(1, row.group).forEach {
                    sightings.append(Sighting($0, of: row.sha256))
                    return true
                }
                page.append((row, sightings))
                return true
            }
            return page
        }
    }

    /// Whether a candidate's picture was fetched, whatever became of it.
    func knows(_ key: [UInt8]) throws -> Bool {
        try read { try KeySearch($0).isKnown(key) }
    }

    /// How many pairs the set holds, and after which number the last comes.
    func extent() throws -> (pairs: Int64, last: Int64) {
        try read { database in
            let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM pairs") ?? 0
            let pairs = try Int64.fetchOne(
                database, sql: "SELECT value FROM totals WHERE kind = 'pairs' AND bucket = 'live'")
            return (pairs ?? 0, last)
        }
    }

    /// A pair's picture; `nil` where damage took it. Bytes that changed end the work.
    func image(of row: PairRow) throws -> [UInt8]? {
        guard let place = row.place, row.status != .lost else { return nil }
        let file = try file(place.shard)
        let name = StorePaths.shardName(place.shard, sealed: true)
        let start = place.offset + Int64(row.layout.imageOffset)
        let bytes = try file.bytes(at: start, count: row.imageBytes, name: name)
        guard SHA256Digest(of: bytes).bytes == row.sha256 else {
            throw StoreError(
                .damaged, "\(paths.shards)/\(name)",
                "the picture of pair \(row.hexKey) changed; run wit verify \(paths.root) --repair first")
        }
        return bytes
    }

    private func file(_ number: Int64) throws -> PosixFile {
        if let open, open.number == number { return open.file }
        let file = try ShardFiles(paths).open(number)
        open = (number, file)
        return file
    }

    // MARK: Sums

    func queryText(_ query: QueryID) throws -> String? {
        try read {
            try String.fetchOne($0, sql: "SELECT text FROM queries WHERE query = ?", arguments: [query])
        }
    }

    func balance() throws -> Balance { try read { try QueryStates(manifest.configuration, $0).balance } }

    /// The counters of this store's sources; those it has from other stores keep their names.
    func counters() throws -> [String: [String: Int64]] {
        try read { database in
            var counters: [String: [String: Int64]] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT source, name, value FROM counters") {
                let source: String = row[0]
                let name = source.contains("/") ? source : "\(manifest.uuid.prefix(8))/\(source)"
                counters[name, default: [:]][row[1]] = row[2]
            }
            return counters
        }
    }
}
