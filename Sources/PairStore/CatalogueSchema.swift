internal import GRDB

/// The catalogue's tables.
enum CatalogueSchema {
    /// "wits" in ASCII: tells the file from any other SQLite database.
    static let applicationID = 0x7769_7473
    static let version = 5

    /// What makes a catalogue of version n + 1 of one of version n, from version 1 on.
    private static let migrations = [
        // Stores were united, so a key may name pairs of two groups; pairs whose bytes are lost stand for theirs.
        """
        DROP INDEX pairs_key;
        CREATE INDEX pairs_key ON pairs(key);
        DROP INDEX pairs_group;
        CREATE UNIQUE INDEX pairs_group ON pairs(grp) WHERE status IN (0, 4);
        """,
        // Claims were rows of their own, in one tree; now a claim is a match up to its query's threshold.
        """
        DROP VIEW matches;
        DROP TABLE claims;
        DROP TABLE unclaimed;
        DROP INDEX pairs_group;
        DROP INDEX pairs_removed;
        DROP INDEX pairs_image;

        """ + matches,
        // Each pair changed a page of three indexes that were not in its order; now pairs enter trees many at once. What
        // lists say besides is kept.
        """
        DROP INDEX pairs_key;
        DROP INDEX IF EXISTS pairs_image;
        DROP INDEX pairs_origin;
        ALTER TABLE pairs ADD COLUMN extra TEXT;

        """ + hashes,
        // Every page changed a page of an index of hashes; now pages that came lately are remembered.
        """
        DROP INDEX pages_hash;
        ALTER TABLE pages DROP COLUMN hash;
        """,
    ]

    /// Brings an older catalogue up to date, a version at a time, each in a transaction of its own.
    static func migrate(_ database: Database, from found: Int) throws {
        for (index, sql) in migrations.enumerated() where index + 1 >= found {
            try database.inTransaction(.immediate) {
                try database.execute(sql: sql)
                if index + 2 == 3 { try Meta(database).set(pairsInBlock: MatchTable.pairsInBlock) }
                try database.execute(sql: "PRAGMA user_version = \(index + 2)")
                return .commit
            }
        }
    }

    /// Makes the tables in an empty database.
    static func create(in database: Database) throws {
        try database.execute(sql: tables + indexes + hashes + matches)
        try Meta(database).set(pairsInBlock: MatchTable.pairsInBlock)
        try database.execute(
            sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
    }

    /// What `pairs.status` says.
    enum Status: Int64 {
        case live = 0
        /// Lost its last claim to smaller pairs.
        case evicted = 1
        /// A smaller member of its group stands for it now.
        case superseded = 2
        /// Taken out on request: a ghost that keeps its claims and nothing else.
        case removed = 3
        /// Damage took its bytes; it holds its claims until they come back.
        case lost = 4

        /// Whether a pair of this status holds its claims: it is in the set, or a ghost.
        var holdsClaims: Bool { self == .live || self == .removed || self == .lost }

        /// The name that readers see.
        var name: String {
            switch self {
            case .live: "live"
            case .evicted: "evicted"
            case .superseded: "superseded"
            case .removed: "removed"
            case .lost: "lost"
            }
        }
    }

    private static let tables = """
        CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, value NOT NULL) WITHOUT ROWID;
        CREATE TABLE shards (
          id INTEGER PRIMARY KEY, state INTEGER NOT NULL, bytes INTEGER NOT NULL, pairs INTEGER NOT NULL);
        CREATE TABLE origins (
          id INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE, host TEXT NOT NULL,
          pairs INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE pages (
          id INTEGER PRIMARY KEY, origin INTEGER NOT NULL REFERENCES origins, path TEXT NOT NULL);
        CREATE TABLE strings (id INTEGER PRIMARY KEY, string TEXT NOT NULL UNIQUE);
        CREATE TABLE pairs (
          id INTEGER PRIMARY KEY, key BLOB NOT NULL, grp BLOB NOT NULL, sha256 BLOB NOT NULL,
          u INTEGER NOT NULL, status INTEGER NOT NULL, born INTEGER NOT NULL, died INTEGER,
          shard INTEGER, offset INTEGER, bytes INTEGER NOT NULL, json_bytes INTEGER NOT NULL,
          format TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, phash INTEGER NOT NULL,
          phash_algorithm INTEGER NOT NULL, fetched_at INTEGER NOT NULL, text TEXT NOT NULL,
          text_source INTEGER NOT NULL, licence INTEGER, language INTEGER, origin INTEGER NOT NULL,
          path TEXT NOT NULL, page INTEGER NOT NULL, queries BLOB NOT NULL, extra TEXT);
        CREATE TABLE seen (
          key BLOB PRIMARY KEY NOT NULL, grp BLOB NOT NULL, u INTEGER NOT NULL, fetched_at INTEGER NOT NULL,
          origin INTEGER NOT NULL, path TEXT NOT NULL, page INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE queries (query INTEGER PRIMARY KEY, text TEXT NOT NULL);
        CREATE TABLE query_state (
          query INTEGER PRIMARY KEY, claims INTEGER NOT NULL, u INTEGER, pairs INTEGER NOT NULL);
        CREATE TABLE counters (
          source TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
          PRIMARY KEY (source, name)) WITHOUT ROWID;
        CREATE TABLE totals (
          kind TEXT NOT NULL, bucket TEXT NOT NULL, value INTEGER NOT NULL,
          PRIMARY KEY (kind, bucket)) WITHOUT ROWID;
        CREATE TABLE removals (
          kind TEXT NOT NULL, hash BLOB NOT NULL, at INTEGER NOT NULL,
          PRIMARY KEY (kind, hash)) WITHOUT ROWID;

        """

    private static let indexes = """
        CREATE INDEX pairs_place ON pairs(shard, offset);
        CREATE INDEX seen_group ON seen(grp);
        CREATE INDEX origins_host ON origins(host);
        CREATE INDEX queries_text ON queries(text);

        """

    /// What `PairIndex` finds pairs by: beginnings of hashes, which tell nearly all apart, and origins of URLs.
    private static let hashes = """
        CREATE TABLE keys (
          key INTEGER NOT NULL, pair INTEGER NOT NULL, PRIMARY KEY (key, pair)) WITHOUT ROWID;
        CREATE TABLE images (
          image INTEGER NOT NULL, grp INTEGER NOT NULL, pair INTEGER NOT NULL,
          PRIMARY KEY (image, grp, pair)) WITHOUT ROWID;
        CREATE TABLE hosted (
          origin INTEGER NOT NULL, pair INTEGER NOT NULL, PRIMARY KEY (origin, pair)) WITHOUT ROWID;

        """

    private static let matches = """
        CREATE TABLE blocks (id INTEGER PRIMARY KEY);
        CREATE TABLE matched (
          block INTEGER NOT NULL, query INTEGER NOT NULL, u INTEGER NOT NULL, pair INTEGER NOT NULL,
          PRIMARY KEY (block, query, u, pair)) WITHOUT ROWID;
        CREATE VIEW matches AS
          SELECT m.query, m.pair, m.block, s.u IS NULL OR m.u <= s.u AS claims
          FROM blocks b CROSS JOIN matched m ON m.block = b.id
            CROSS JOIN pairs p
              ON p.id = m.pair AND (p.status IN (0, 4) OR p.status = 3 AND length(p.queries) > 0)
            CROSS JOIN query_state s ON s.query = m.query;
        """
}

/// Numbers as SQLite keeps them.
enum Stored {
    /// A 64-bit unsigned number, shifted so that SQLite's signed order is its order.
    static func ordered(_ value: UInt64) -> Int64 { Int64(bitPattern: value ^ (1 << 63)) }
    static func unsigned(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) ^ (1 << 63) }

    /// Ascending ids as differences in LEB128: two to three bytes an id on a long list.
    static func encode(_ ids: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = []
        var previous: UInt32 = 0
        for id in ids {
            var rest = id &- previous
            previous = id
            while rest >= 0x80 {
                bytes.append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [UInt32] {
        var ids: [UInt32] = []
        var previous: UInt32 = 0
        var value: UInt32 = 0
        var shift: UInt32 = 0
        for byte in bytes {
            value |= UInt32(byte & 0x7F) << shift
            shift += 7
            guard byte & 0x80 == 0 else { continue }
            previous &+= value
            ids.append(previous)
            (value, shift) = (0, 0)
        }
        return ids
    }
}
