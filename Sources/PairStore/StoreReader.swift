internal import Digest
internal import GRDB
public import QueryBank
internal import Synchronization

/// Looks into a store: any number at once, beside a writer, and in a read-only folder.
///
/// Every method reads one consistent state of the catalogue, blocks its thread on the disk, and may be called from
/// any thread. While a reader lives, compaction unlinks no shard file, so the paths of a snapshot stay valid.
public final class StoreReader: Sendable {
    /// The store's folder.
    public let path: String
    /// The store's unique name.
    public let uuid: String
    /// What the store is bound to.
    public let configuration: StoreConfiguration

    private let paths: StorePaths
    private let manifest: StoreManifest
    private let catalogue: CatalogueReader
    /// While it lives, compaction leaves files where they are.
    private let hold: ReaderHold?
    private let search = Mutex<SearchFile?>(nil)

    /// Opens a store. Throws `notAStore` where there is none, `newerStore` for one that a newer
    /// program wrote, and `olderStore` for one that nobody has written to since an earlier one did.
    public static func open(_ path: String) throws -> StoreReader { try StoreReader(path) }

    private init(_ path: String) throws {
        let paths = StorePaths(path)
        let manifest = try StoreManifest.existing(paths)
        self.paths = paths
        self.path = paths.root
        self.manifest = manifest
        uuid = manifest.uuid
        configuration = manifest.configuration
        hold = ReaderHold(paths)
        catalogue = try CatalogueReader(paths)
    }

    /// The store at a glance; reads sums that commits keep, not the pairs.
    public func info() throws -> StoreInfo {
        try catalogue.read { try StoreInfo(manifest, $0) }
    }

    /// Up to `limit` pairs that pass a filter, ascending by id, after the id `after`.
    ///
    /// Give the last id of a page as `after` to get the next one; pages do not shift when pairs are added.
    public func pairs(
        _ filter: PairFilter = PairFilter(), after: Int64? = nil, limit: Int = 100
    ) throws -> [PairRecord] {
        guard let words = filter.search else { return try page(filter, after: after ?? 0, limit: limit) }
        let terms = SearchTerms(words)
        guard let index = try searchIndex() else {
            var scan = filter
            scan.search = nil
            scan.textWords += terms.terms.map(\.text)
            return try page(scan, after: after ?? 0, limit: limit)
        }
        guard !terms.terms.isEmpty else { return [] }
        var (records, last): ([PairRecord], Int64) = ([], after ?? 0)
        while records.count < limit {
            let ids = try index.pairs(matching: terms.expression, after: last, limit: Self.searchedAtOnce)
            records += try page(filter, after: last, limit: limit - records.count, among: ids)
            guard let end = ids.last, ids.count == Self.searchedAtOnce else { break }
            last = end
        }
        return records
    }

    private static let searchedAtOnce = 512

    private func page(
        _ filter: PairFilter, after: Int64, limit: Int, among ids: [Int64]? = nil
    ) throws -> [PairRecord] {
        try catalogue.read { database in
            var page = try PairPage(filter, limit: limit, database)
            if let query = filter.query {
                try page.take(matching: query, after: after, among: ids.map(Set.init))
            } else if let host = filter.host, ids == nil {
                try page.take(fromHost: host, after: after)
            } else {
                try page.take(after: after, among: ids)
            }
            return page.records
        }
    }

    /// The full-text index with everything taken in; `nil` where the store cannot be written.
    private func searchIndex() throws -> SearchFile? {
        let file = try search.withLock { search in
            if search == nil {
                search = try Catalogue.named(paths.search) { try SearchFile(paths, uuid: uuid) }
            }
            return search
        }
        try file?.update { after, limit in
            try catalogue.read { database in
                var texts: [(id: Int64, text: String)] = []
                try SQLStatement(
                    database,
                    "SELECT id, text FROM pairs WHERE id > ? AND status IN (0, 4) ORDER BY id LIMIT ?"
                ).bind(1, after).bind(2, limit).forEach {
                    texts.append(($0.int(0), $0.text(1)))
                    return true
                }
                return texts
            }
        }
        return file
    }

    /// A pair by its number, with the other places where it was seen.
    public func pair(id: Int64) throws -> PairRecord? {
        try catalogue.read { try Self.record(id, $0) }
    }

    /// A pair by its name of 32 hexadecimal digits, with the other places where it was seen.
    public func pair(key: String) throws -> PairRecord? {
        guard let key = CandidateKey(hex: key) else { return nil }
        return try catalogue.read { database in
            try KeySearch(database).pair(key.bytes).flatMap { try Self.record($0, database) }
        }
    }

    private static func record(_ id: Int64, _ database: Database) throws -> PairRecord? {
        let row = try SQLStatement(database, PairRow.select + "WHERE p.id = ?").bind(1, id).first {
            try PairRow($0)
        }
        guard let row else { return nil }
        let claims = try ClaimReader(database).claims(of: row)
        var record = PairRecord(row, claims: claims)
        record.alsoSeen = try sightings(of: row, database)
        return record
    }

    private static func sightings(of row: PairRow, _ database: Database) throws -> [PairRecord.Sighting] {
        var sightings: [PairRecord.Sighting] = []
        try SQLStatement(
            database,
            """
            SELECT o.origin, s.path, po.origin, pg.path, s.fetched_at FROM seen s
              LEFT JOIN origins o ON o.id = s.origin
              LEFT JOIN pages pg ON pg.id = s.page LEFT JOIN origins po ON po.id = pg.origin
            WHERE s.grp = ? AND s.key != ? ORDER BY s.u
            """
        ).bind(1, row.group).bind(2, row.key).forEach {
            sightings.append(
                .init(
                    url: $0.text(0) + $0.text(1), pageURL: $0.text(2) + $0.text(3),
                    fetchedAt: Timestamp.text($0.int(4))))
            return true
        }
        return sightings
    }

    /// The text of a query that any pair of the store matched; `nil` for others.
    public func queryText(_ id: QueryID) throws -> String? {
        try catalogue.read {
            try String.fetchOne($0, sql: "SELECT text FROM queries WHERE query = ?", arguments: [id])
        }
    }

    /// The id of a query by its normalised text, if any pair of the store matched it.
    public func queryID(_ text: String) throws -> QueryID? {
        try catalogue.read {
            try QueryID.fetchOne($0, sql: "SELECT query FROM queries WHERE text = ?", arguments: [text])
        }
    }

    /// How many live pairs match a query, and how many claims it holds.
    public func counts(of query: QueryID) throws -> (pairs: Int64, claims: Int64) {
        try catalogue.read {
            let row = try Row.fetchOne(
                $0, sql: "SELECT pairs, claims FROM query_state WHERE query = ?", arguments: [query])
            return row.map { ($0[0], $0[1]) } ?? (0, 0)
        }
    }

    /// The bytes of a pair's picture. Throws `notFound` once they are gone, and `damaged` when they are not those
    /// that were stored.
    public func imageBytes(of pair: PairRecord) throws -> [UInt8] {
        let row = try catalogue.read { database in
            try SQLStatement(database, PairRow.select + "WHERE p.id = ?").bind(1, pair.id).first {
                try PairRow($0)
            }
        }
        guard let row, let place = row.place, row.status != .removed else {
            throw StoreError(.notFound, "pair \(pair.id)", "has no picture in \(path) any more")
        }
        let bytes = try ShardFiles(paths).bytes(place, offset: row.layout.imageOffset, count: row.imageBytes)
        guard SHA256Digest(of: bytes).bytes == row.sha256 else {
            throw StoreError(
                .damaged, "pair \(pair.id) (\(pair.key))",
                "the picture's bytes changed; run wit verify \(path)")
        }
        return bytes
    }

    /// The live pairs of a view and where their members lie, as of a commit (the last one by default).
    public func snapshot(commit: Int64? = nil, view: StoreView = .all) throws -> StoreSnapshot {
        try catalogue.read { try StoreSnapshot(paths, manifest, at: commit, view, $0) }
    }

    /// What a view of the set holds now: one pass over all pairs.
    public func summary(of view: StoreView) throws -> ViewSummary {
        try selection(of: view).summary(configuration)
    }

    /// The pairs of a view as of the last commit.
    func selection(of view: StoreView) throws -> ViewSelection {
        try catalogue.read { database in
            let commit = try Meta(database).commitNumber()
            return try ViewSelection(view, configuration, commit: commit, database)
        }
    }

    /// How the pairs of the whole set spread over queries: sums that commits keep, ghosts' claims included.
    public func distribution() throws -> QueryDistribution {
        try catalogue.read { database in
            var claims = [Int](repeating: 0, count: configuration.queryCount)
            var matches = claims
            try SQLStatement(database, "SELECT query, claims, pairs FROM query_state").forEach { row in
                guard let query = Int(exactly: row.int(0)), claims.indices.contains(query) else {
                    throw StoreError(.damaged, path, "counts query \(row.int(0)), which is beyond its list")
                }
                (claims[query], matches[query]) = (Int(row.int(1)), Int(row.int(2)))
                return true
            }
            return QueryDistribution(claims: claims, matches: matches, perQuery: configuration.perQuery)
        }
    }
}
