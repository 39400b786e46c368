public import Foundation

/// What is done to a store that nobody writes to at the moment; each call takes the store's lock, and is safe to cut
/// short at any point and to repeat.
public enum StoreMaintenance {
    /// Takes pairs out and keeps them out. Their URLs and texts leave the catalogue at once, their pictures, and all
    /// else that names them, at the next `compact`.
    ///
    /// A pair goes with everything that shows the same picture with the same text. Names that match nothing yet are
    /// remembered: a later crawl does not bring them in.
    @discardableResult
    public static func remove(
        _ path: String, _ removals: [Removal], at date: Date = Date()
    ) throws -> RemovalReport {
        try remove(path, removals, at: date, files: PosixFiles())
    }

    package static func remove(
        _ path: String, _ removals: [Removal], at date: Date = Date(), files: any FileLayer
    ) throws -> RemovalReport {
        try withSession(path, files: files) { session in
            try Remover(session, RemovalSearch(rules: Set(removals))).run(
                at: Int64((date.timeIntervalSince1970 * 1000).rounded()))
        }
    }

    /// Rewrites shards that hold dead pairs, and joins small ones. Throws `damaged` for a live pair that cannot be
    /// read; nothing of its shard is changed then.
    @discardableResult
    public static func compact(
        _ path: String, maxShardBytes: Int64? = nil,
        scrubbing: (_ crawl: String, RemovalList) throws -> Int = { _, _ in 0 },
        progress: @escaping (CompactProgress) -> Void = { _ in }
    ) throws -> CompactReport {
        try compact(
            path, maxShardBytes: maxShardBytes, files: PosixFiles(), scrubbing: scrubbing, progress: progress)
    }

    package static func compact(
        _ path: String, maxShardBytes: Int64? = nil, files: any FileLayer,
        scrubbing: (_ crawl: String, RemovalList) throws -> Int = { _, _ in 0 },
        progress: @escaping (CompactProgress) -> Void = { _ in }
    ) throws -> CompactReport {
        try withSession(path, files: files) { session in
            // What an earlier writer left open is compacted too.
            try ShardAppender(session, maxBytes: 1).putAway()
            let limit = maxShardBytes ?? session.manifest.configuration.maxShardBytes
            var compactor = Compactor(session, maxShardBytes: limit, progress)
            var report = try compactor.run()
            let removals = try session.removals()
            report.crawlRows = try scrubbing(session.paths.crawl, removals)
            if !removals.isEmpty { report.lostFiles = try emptyLost(session) }
            return report
        }
    }

    /// Deletes what was set aside: bytes that nobody looked through may be those of a removed pair.
    private static func emptyLost(_ session: StoreSession) throws -> Int {
        let (folder, files) = (session.paths.lost, session.files)
        guard try files.size(of: folder) != nil else { return 0 }
        let names = try files.list(folder)
        for name in names { try files.remove(folder + "/" + name) }
        if !names.isEmpty { try files.syncFolder(folder) }
        return names.count
    }

    static func withSession<T>(
        _ path: String, files: any FileLayer = PosixFiles(), _ body: (StoreSession) throws -> T
    ) throws -> T {
        try using(StoreSession(existing: path, files), body)
    }

    static func using<T>(_ session: StoreSession, _ body: (StoreSession) throws -> T) throws -> T {
        let result: T
        do {
            result = try body(session)
        } catch {
            // The first error is the one to tell; what a failed close leaves, the next opening puts right.
            try? session.close()
            throw error
        }
        try session.close()
        return result
    }
}
