internal import Foundation
internal import GRDB

/// A read-only connection to a catalogue: beside a writer at work, after a clean close, or in a read-only folder.
final class CatalogueReader: Sendable {
    private let queue: DatabaseQueue
    private let path: String

    init(_ paths: StorePaths) throws {
        path = paths.catalogue
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError(.notAStore, paths.root, "is no store (it has no catalogue.sqlite)")
        }
        queue = try Self.open(paths)
        try read {
            try Catalogue.checkKind($0, path)
            try checkAge($0, paths)
        }
    }

    private func checkAge(_ database: Database, _ paths: StorePaths) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version < CatalogueSchema.version else { return }
        throw StoreError(
            .olderStore, path,
            "was written by an earlier wit (catalogue version \(version), this one reads "
                + "\(CatalogueSchema.version)); bring it up to date with: wit compact \(paths.root)")
    }

    /// One consistent view of the catalogue.
    func read<T>(_ body: (Database) throws -> T) throws -> T {
        try Catalogue.named(path) { try queue.read(body) }
    }

    private static func open(_ paths: StorePaths) throws -> DatabaseQueue {
        let path = paths.catalogue
        do {
            do {
                return try connect(path)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
                // A crash left a rollback journal, which a reader may not play back; whoever holds the lock may.
                let lock = try StoreLock(paths)
                try withExtendedLifetime(lock) { try recover(path) }
                return try connect(path)
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
            // A log mode file in a folder that cannot take the log's index. With no log beside it nothing is
            // missing, and nobody can write here: it may be read as it is.
            guard try isWithoutLog(path) else {
                throw StoreError(
                    .catalogue, path,
                    "was not closed cleanly and its folder is read-only; open it once where it can be written"
                )
            }
            return try Catalogue.named(path) { try connect(immutable(path)) }
        } catch let error as DatabaseError {
            throw StoreError(error, path)
        }
    }

    private static func connect(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "wit.catalogue.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        // Opening is lazy; this finds out whether the file can be read at all.
        try queue.read { _ = try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
        return queue
    }

    /// Lets SQLite undo what a crash left half done. The store's lock must be held.
    static func recover(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction {
            _ = try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master")
        }
        try queue.close()
    }

    private static func isWithoutLog(_ path: String) throws -> Bool {
        let log = path + "-wal"
        guard FileManager.default.fileExists(atPath: log) else { return true }
        return try PosixFiles().size(of: log) == 0
    }

    private static func immutable(_ path: String) -> String {
        let plain = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
        let escaped = path.addingPercentEncoding(withAllowedCharacters: plain) ?? path
        return "file:\(escaped)?immutable=1"
    }

    /// The copy of `store.json` in a catalogue; `nil` where there is none, as in a store that was just being born.
    static func manifest(_ paths: StorePaths) throws -> StoreManifest? {
        guard let size = try PosixFiles().size(of: paths.catalogue), size > 0 else { return nil }
        return try Catalogue.named(paths.catalogue) {
            // The caller holds the lock.
            try recover(paths.catalogue)
            let queue = try open(paths)
            let data = try queue.read { database in
                try database.tableExists("meta") ? try Meta(database).manifest() : nil
            }
            return try data.map { try StoreManifest.decode($0, of: paths) }
        }
    }
}
