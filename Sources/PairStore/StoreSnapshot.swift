public import QueryBank
internal import GRDB

/// The pairs of a store as of one commit: what a stream reads.
///
/// The order is that of shard numbers and, within a shard, of offsets.
public struct StoreSnapshot: Sendable {
    /// A shard and the samples of the snapshot that lie in it.
    public struct Shard: Sendable {
        /// The shard's number.
        public var number: Int64
        /// The file's path at this moment; an open shard's ends in `.tar.part` and changes when it is sealed.
        public var path: String
        /// Ascending by offset.
        public var samples: [Sample]
    }

    /// Where one pair's members lie in its shard.
    public struct Sample: Sendable {
        /// The pair's number in the store.
        public var id: Int64
        /// The pair's name.
        public var key: CandidateKey
        /// Where the sample's first header block starts.
        public var offset: Int64
        /// Bytes of all three members, headers and padding included.
        public var length: Int
        /// The picture's bytes, from `offset` + 512.
        public var imageBytes: Int
        /// The text's bytes.
        public var textBytes: Int
        /// `jpg`, `png`, `webp` or `gif`.
        public var format: String

        /// Where the picture's bytes start in the shard.
        public var imageOffset: Int64 { offset + Int64(TarHeader.blockSize) }
        /// Where the text's bytes start in the shard.
        public var textOffset: Int64 {
            offset + Int64(SampleLayout(image: imageBytes, text: textBytes, json: 0).textOffset)
        }
    }

    /// The store's unique name.
    public var uuid: String
    /// The commit that the snapshot stands for.
    public var commit: Int64
    /// Shards with at least one sample.
    public var shards: [Shard]
    /// Pairs of that commit whose bytes are gone since, by compaction or removal.
    public var missing: Int

    /// Samples in all shards.
    public var count: Int { shards.reduce(0) { $0 + $1.samples.count } }

    init(
        _ paths: StorePaths, _ manifest: StoreManifest, at wanted: Int64?, _ view: StoreView,
        _ database: Database
    ) throws {
        uuid = manifest.uuid
        let last = try Meta(database).commitNumber()
        commit = wanted ?? last
        guard (0...last).contains(commit) else {
            throw StoreError(.notFound, paths.root, "has no commit \(commit); its last one is \(last)")
        }
        shards = []
        missing = 0
        let selection =
            view == .all
            ? nil : try ViewSelection(view, manifest.configuration, commit: commit, database)
        let states = Dictionary(
            uniqueKeysWithValues: try ShardTable(database).all().map { ($0.number, $0.state) })
        try Self.statement(database, isLast: commit == last).bind(1, commit).forEach { row in
            guard row.int(7) != CatalogueSchema.Status.removed.rawValue, let number = row.optionalInt(0)
            else {
                missing += 1
                return true
            }
            if let selection, !selection.contains(row.int(2)) { return true }
            if shards.last?.number != number {
                let path = paths.shard(number, sealed: states[number] == .sealed)
                shards.append(Shard(number: number, path: path, samples: []))
            }
            shards[shards.count - 1].samples.append(try Self.sample(row))
            return true
        }
    }

    private static func statement(_ database: Database, isLast: Bool) throws -> SQLStatement {
        // The live pairs of the last commit need no look at the dead ones' commit numbers.
        let condition =
            isLast ? "status = 0 AND born <= ?" : "born <= ?1 AND (died IS NULL OR died > ?1)"
        return try SQLStatement(
            database,
            """
            SELECT shard, offset, id, key, bytes, length(CAST(text AS BLOB)), json_bytes, status, format
            FROM pairs WHERE \(condition) ORDER BY shard, offset
            """)
    }

    private static func sample(_ row: SQLStatement) throws -> Sample {
        guard let key = CandidateKey(bytes: row.blob(3)) else {
            throw StoreError(.damaged, "pair \(row.int(2))", "has a key that is not 16 bytes")
        }
        let layout = SampleLayout(image: Int(row.int(4)), text: Int(row.int(5)), json: Int(row.int(6)))
        return Sample(
            id: row.int(2), key: key, offset: row.int(1), length: layout.total, imageBytes: layout.image,
            textBytes: layout.text, format: row.text(8))
    }
}
