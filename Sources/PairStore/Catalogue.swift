internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// The one writing connection of a store's catalogue.
///
/// SQLite before 3.51.3 can lose pages when two connections write or checkpoint at the same instant ("WAL-reset
/// bug", sqlite.org/wal.html#walresetbug; Debian 12 has 3.40.1). Here that cannot happen: whoever holds the store's
/// lock has exactly one connection that writes; checkpoints run on it, between its transactions; readers open
/// read-only, and SQLite lets no read-only connection checkpoint or reset the log.
final class Catalogue {
    private let queue: DatabaseQueue
    private let path: String
    private let log: LogPages
    private var tables: Tables?
    /// What went wrong when a commit failed half-way: whether it holds is known only after reopening, so nothing
    /// more is written through this connection.
    private(set) var failure: String?

    /// Everything prepared on the connection.
    struct Tables {
        let pairs: PairTable
        let matches: MatchLedger
        let names: InternTable
        let totals: Totals
        let removals: RemovalTable

        init(_ database: Database) throws {
            pairs = try PairTable(database)
            matches = try MatchLedger(database)
            names = try InternTable(database)
            totals = try Totals(database)
            removals = try RemovalTable(database)
        }

        /// Writes down what waits until there is much of it, or all of it at a store's closing.
        func writeWaiting(_ database: Database, lastPair: Int64, all: Bool = false) throws {
            try pairs.index.write(database, lastPair: lastPair, all: all)
            try matches.write(database, lastPair: lastPair, all: all)
        }

        /// Forgets what a transaction did that was rolled back.
        func forget() {
            pairs.index.forget()
            matches.forget()
            names.forget()
            totals.forget()
        }
    }

    /// A transaction in progress.
    struct Transaction {
        let database: Database
        let tables: Tables
    }

    /// Pages of the write-ahead log at the last commit, told by SQLite.
    private final class LogPages { var count: Int32 = 0 }

    /// Of a new catalogue, in bytes: half the pages of SQLite's usual 4096 are half the work of filling and splitting them.
    private static let pageSize = 8192
    /// A checkpoint copies the log once it holds 256 MiB: enough that a page changed by many commits is copied once.
    private static let checkpointBytes = 256 << 20
    private var checkpointPages: Int32 = 0
    /// Page cache of the writing connection in KiB.
    private static let cacheKiB = 262_144

    init(_ paths: StorePaths) throws {
        path = paths.catalogue
        var configuration = Configuration()
        configuration.label = "wit.catalogue"
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA cache_size = -\(Self.cacheKiB); PRAGMA temp_store = MEMORY")
        }
        queue = try Self.named(path) {
            try DatabaseQueue(path: paths.catalogue, configuration: configuration)
        }
        log = LogPages()
        try inDatabase { database in
            try Self.startLog(database, path)
            let pageSize = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? Self.pageSize
            checkpointPages = Int32(Self.checkpointBytes / pageSize)
            sqlite3_wal_hook(
                database.sqliteConnection,
                { context, _, _, pages in
                    if let context {
                        Unmanaged<LogPages>.fromOpaque(context).takeUnretainedValue().count = pages
                    }
                    return SQLITE_OK
                }, Unmanaged.passUnretained(log).toOpaque())
        }
    }

    private static func startLog(_ database: Database, _ path: String) throws {
        // A file that has pages keeps their size.
        try database.execute(sql: "PRAGMA page_size = \(pageSize)")
        // All rows, to the statement's end: the switch is committed there, and a failure told there.
        let modes = try String.fetchAll(database, sql: "PRAGMA journal_mode = WAL")
        guard modes == ["wal"] else {
            throw StoreError(.catalogue, path, "cannot be switched to write-ahead logging")
        }
        // FULL: a commit is durable when it returns. Deleted content is overwritten, so that removed texts are gone.
        try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON")
    }

    /// Makes the tables if the file is new, and checks that it is ours and not newer.
    func prepare(_ manifest: StoreManifest) throws {
        try inDatabase { database in
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            if version == 0, application == 0 {
                try database.inTransaction(.immediate) {
                    try CatalogueSchema.create(in: database)
                    try Meta(database).setManifest(manifest.encoded())
                    return .commit
                }
            }
            try Self.checkKind(database, path)
            if version > 0 { try CatalogueSchema.migrate(database, from: version) }
            var matches = try MatchTable(database)
            let last = try Meta(database).nextPair() - 1
            try matches.catchUp(database, to: last)
            try PairIndex(database).catchUp(database, to: last)
            tables = try Tables(database)
        }
    }

    static func checkKind(_ database: Database, _ path: String) throws {
        guard try Int.fetchOne(database, sql: "PRAGMA application_id") == CatalogueSchema.applicationID else {
            throw StoreError(.notAStore, path, "is no catalogue of wit")
        }
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version <= CatalogueSchema.version else {
            throw StoreError(
                .newerStore, path,
                "was written by a newer wit (catalogue version \(version), "
                    + "this one knows \(CatalogueSchema.version)); upgrade wit")
        }
    }

    /// Runs statements outside a transaction of ours.
    func inDatabase<T>(_ body: (Database) throws -> T) throws -> T {
        try Self.named(path) { try queue.writeWithoutTransaction(body) }
    }

    /// Runs one transaction. `body` throwing rolls back; a failure of the commit itself throws `needsReopening`.
    func transaction<T>(_ body: (Transaction) throws -> T) throws -> T {
        try inDatabase { database in
            try checkUsable()
            guard let tables else { throw StoreError(.needsReopening, path, "is closed") }
            try database.beginTransaction(.immediate)
            let result: T
            do {
                result = try body(Transaction(database: database, tables: tables))
            } catch {
                tables.forget()
                try database.rollback()
                throw error
            }
            do {
                try database.commit()
            } catch {
                tables.forget()
                if database.isInsideTransaction { try database.rollback() }
                failure = "\(error)".oneLine
                try checkUsable()
            }
            return result
        }
    }

    private func checkUsable() throws {
        guard let failure else { return }
        throw StoreError(
            .needsReopening, path, "a commit failed half-way (\(failure)); run the command again to recover")
    }

    /// Copies the log into the database file once it has grown, on this connection, outside transactions.
    func checkpointIfLarge() throws {
        guard log.count >= checkpointPages else { return }
        try inDatabase { database in
            _ = try database.checkpoint(.passive)
        }
    }

    /// Folds the log in and closes, so that the file alone is the catalogue.
    ///
    /// The rollback journal mode lets a reader open it in a read-only folder. While readers are at work the mode
    /// cannot change; the log is then left empty, which `CatalogueReader` opens as well.
    func close() throws {
        tables = nil
        try inDatabase { database in
            sqlite3_wal_hook(database.sqliteConnection, nil, nil)
            do {
                _ = try database.checkpoint(.truncate)
                try database.execute(sql: "PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE")
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {}
        }
        try Self.named(path) { try queue.close() }
    }

    /// Turns SQLite's errors into the store's, with the file's name.
    static func named<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreError(error, path)
        }
    }

    deinit { tables = nil }
}

extension StoreError {
    init(_ error: DatabaseError, _ path: String) {
        let message = (error.message ?? "SQLite error \(error.extendedResultCode)").oneLine
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .damaged, path, "is damaged (\(message)); wit verify --repair makes it anew from the shards")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.inUse, path, "is locked by another program; close it and try again")
        case .SQLITE_FULL:
            self.init(.inputOutput, path, "the disk is full; free some space and run the command again")
        default:
            let place = error.sql.map { " in: \($0)" } ?? ""
            self.init(.catalogue, path, (message + place).oneLine)
        }
    }
}
