internal import Foundation
internal import GRDB

/// The tables of `crawl.sqlite`; DESIGN.md of this folder explains them.
enum FrontierSchema {
    /// The version of the tables.
    static let version = 5
    /// "wcrl", so that a foreign file is not taken for ours.
    static let applicationID = 0x7763_726C

    /// Opens the file, makes the tables if it is new, and checks that it is ours.
    static func open(_ path: String) throws -> DatabaseQueue {
        do {
            var configuration = Configuration()
            configuration.label = "wit.frontier"
            configuration.foreignKeysEnabled = false
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { database in
                try database.execute(
                    sql:
                        "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000"
                )
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { try prepare($0, path) }
            return queue
        } catch let error as DatabaseError {
            throw CrawlerError(error, path)
        }
    }

    private static func prepare(_ database: Database, _ path: String) throws {
        // NORMAL: a loss of power may take the last transactions, whose work is then done again. The catalogue,
        // which must not lose any, is synced in full.
        try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let isNew = found == 0 && application == 0
        guard isNew || (application == applicationID && (first...version).contains(found)) else {
            throw CrawlerError(
                .frontier, path, "is no frontier of this version of wit; move it away to start the crawl anew"
            )
        }
        if found == version { return }
        try database.inTransaction {
            if isNew {
                try database.execute(sql: tables + "PRAGMA application_id = \(applicationID)")
            }
            for step in additions[(isNew ? 0 : found - first)...] { try database.execute(sql: step) }
            try database.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }

    /// The oldest version that comes along; `tables` are its tables.
    private static let first = 2

    private static let tables = """
        CREATE TABLE hosts (
            id INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE,
            pages INTEGER NOT NULL DEFAULT 0, queued INTEGER NOT NULL DEFAULT 0,
            retired TEXT, retired_at INTEGER, robots BLOB, reservations BLOB, robots_at INTEGER);
        CREATE INDEX hosts_waiting ON hosts(id) WHERE queued > 0 AND retired IS NULL;
        CREATE TABLE pages (
            id INTEGER PRIMARY KEY, url TEXT NOT NULL, host INTEGER NOT NULL, depth INTEGER NOT NULL,
            hops INTEGER NOT NULL, state INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
            due INTEGER NOT NULL DEFAULT 0, outcome TEXT, links BLOB, licence TEXT, language TEXT,
            etag TEXT, modified TEXT, is_sitemap INTEGER NOT NULL DEFAULT 0, done_at INTEGER, digest INTEGER);
        CREATE TABLE copies (digest INTEGER PRIMARY KEY, pages INTEGER NOT NULL);
        CREATE INDEX pages_start ON pages(id) WHERE depth = 0 AND NOT is_sitemap;
        CREATE INDEX pages_beyond ON pages(depth, hops) WHERE state = 2;
        CREATE INDEX pages_queue ON pages(host, due, depth, id) WHERE state = 0;
        CREATE TABLE images (
            id INTEGER PRIMARY KEY, url TEXT NOT NULL, host INTEGER NOT NULL, u INTEGER NOT NULL,
            state INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL DEFAULT 0,
            outcome TEXT, sha256 BLOB);
        CREATE INDEX images_queue ON images(host, due, u, id) WHERE state = 0;
        CREATE TABLE candidates (
            key BLOB PRIMARY KEY, image INTEGER NOT NULL, page INTEGER NOT NULL, text TEXT NOT NULL,
            source TEXT NOT NULL, queries BLOB NOT NULL, u INTEGER NOT NULL, state INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX candidates_wanted ON candidates(image) WHERE state = 0;
        CREATE TABLE decisions (
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject INTEGER NOT NULL, url TEXT NOT NULL,
            outcome TEXT NOT NULL, status INTEGER, bytes INTEGER, milliseconds INTEGER, address TEXT);
        CREATE VIEW log AS SELECT id, strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS time,
            CASE subject WHEN 0 THEN 'page' WHEN 1 THEN 'image' WHEN 2 THEN 'robots' WHEN 3 THEN 'sitemap'
                ELSE 'host' END AS subject,
            url, outcome, status, bytes, milliseconds, address FROM decisions;
        CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

        """

    /// What each later version added, from the one after the first on.
    private static let additions = [
        // 3: how far an import's inputs are done.
        """
        CREATE TABLE inputs (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, position INTEGER NOT NULL, is_done INTEGER NOT NULL,
            at INTEGER NOT NULL) WITHOUT ROWID
        """,
        // 4: what else a list says of a pair.
        "ALTER TABLE candidates ADD COLUMN extra TEXT",
        // 5: a picture's candidates lie together, so that those that wait need no index of their own.
        """
        DROP INDEX candidates_wanted;
        ALTER TABLE candidates RENAME TO earlier;
        CREATE TABLE candidates (
            image INTEGER NOT NULL, key BLOB NOT NULL, page INTEGER NOT NULL, text TEXT NOT NULL,
            source TEXT NOT NULL, queries BLOB NOT NULL, u INTEGER NOT NULL, state INTEGER NOT NULL, extra TEXT,
            PRIMARY KEY (image, key)) WITHOUT ROWID;
        INSERT INTO candidates SELECT image, key, page, text, source, queries, u, state, extra FROM earlier;
        DROP TABLE earlier
        """,
    ]
}

extension CrawlerError {
    init(_ error: DatabaseError, _ path: String) {
        let message = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        let remedy =
            switch error.resultCode {
            case .SQLITE_FULL: "the disk is full; free some space and run the command again"
            case .SQLITE_BUSY, .SQLITE_LOCKED: "another program holds it; close it and try again"
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                "is damaged (\(message)); move it away to start the crawl anew"
            default: message
            }
        self.init(.frontier, path, remedy)
    }
}
