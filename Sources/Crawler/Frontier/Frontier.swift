internal import Digest
internal import GRDB
internal import QueryBank

/// What a crawl knows of the web and has still to do, in `crawl.sqlite`: an actor on a thread of its own.
///
/// Only results change the file. A task that was handed out is still queued there, so a crash at any moment leaves
/// exactly the work that was not finished.
actor Frontier {
    /// Names of counters that are no drops.
    static let pagesDone = "pages_done"
    static let pagesRead = "pages_read"
    /// Pages that a later crawl asked for and found as they were.
    static let pagesUnchanged = "pages_unchanged"
    static let sitemapsRead = "sitemaps_read"
    /// Rows, records or samples of imports.
    static let rowsRead = "rows_read"
    static let imagesFetched = "images_fetched"
    static let candidatesOffered = "candidates"
    static let pairsKept = "pairs_kept"
    static let dropPrefix = "drop."

    private let thread = SerialThread(label: "wit.frontier")
    private let path: String
    private let queue: DatabaseQueue
    private let limits: FrontierLimits
    private let sink: any CandidateSink
    let state: FrontierTransaction.State

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Opens or makes the file at a time in milliseconds since 1970. Hosts that were given up long enough ago get
    /// another chance, a larger depth limit lets in what the last one left out, and pages that are to be asked for again
    /// are queued.
    init(path: String, limits: FrontierLimits, sink: any CandidateSink, now: Int64) throws {
        self.path = path
        self.limits = limits
        self.sink = sink
        queue = try FrontierSchema.open(path)
        try FrontierStart.prepare(queue, limits, now: now)
        state = try Self.start(queue)
    }

    private static func start(_ queue: DatabaseQueue) throws -> FrontierTransaction.State {
        try queue.read { try state($0) }
    }

    /// What the file counts.
    static func state(_ database: Database) throws -> FrontierTransaction.State {
        var counters: [String: Int64] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT name, value FROM counters") {
            counters[row[0]] = row[1]
        }
        let number = { (sql: String) in try Int.fetchOne(database, sql: sql) ?? 0 }
        let size = FrontierSize(
            queuedPages: try number("SELECT count(*) FROM pages WHERE state = 0"),
            queuedImages: try number("SELECT count(*) FROM images WHERE state = 0"),
            hosts: try number("SELECT count(*) FROM hosts"))
        return FrontierTransaction.State(counters: counters, size: size)
    }

    // MARK: Changes

    /// Queues the starting points of a crawl. Their hosts get another chance if they were given up.
    func seed(_ pages: [QueuedURL], now: Int64) throws {
        try transaction(now: now) { step in
            for page in pages {
                try step.run("UPDATE hosts SET retired = NULL WHERE origin = ?", page.origin)
                try step.offer(page, depth: 0, hops: 0)
            }
        }
    }

    /// Takes results in, all of them or none; gives the hosts that got work by it.
    @discardableResult
    func take(
        pages: [PageResult] = [], images: [ImageResult] = [], sites: [SiteNews] = [], log: [Decision] = [],
        marks: [InputMark] = [], now: Int64
    ) throws -> HostNews {
        try transaction(now: now) { step in
            state.news = HostNews()
            for site in sites { try step.take(site) }
            for result in pages { try step.take(result) }
            for result in images { try step.take(result) }
            try step.log(log)
            for mark in marks { try step.note(mark) }
            return state.news
        }
    }

    /// Gives a host up for a while; what waits for it stays in the file.
    func retire(origin: String, reason: String, now: Int64) throws {
        try transaction(now: now) { step in
            let host = try step.host(origin)
            try step.run("UPDATE hosts SET retired = ?, retired_at = ? WHERE id = ?", reason, now, host)
            try step.log([Decision(subject: .host, url: origin, outcome: reason)])
            state.leasedPages[host] = nil
            state.leasedImages[host] = nil
        }
    }

    /// Changes the file, as a whole or not at all.
    func transaction<T>(now: Int64, _ body: (FrontierTransaction) throws -> T) throws -> T {
        try inTransaction(.immediate, now: now) { step in
            let result = try body(step)
            try step.finish()
            try sink.flush()
            return result
        }
    }

    /// Reads with the tools of a transaction; all of its questions see the same state, under one lock of the file.
    func read<T>(now: Int64, _ body: (FrontierTransaction) throws -> T) throws -> T {
        try inTransaction(.deferred, now: now, body)
    }

    private func inTransaction<T>(
        _ kind: Database.TransactionKind, now: Int64, _ body: (FrontierTransaction) throws -> T
    ) throws -> T {
        do {
            return try queue.writeWithoutTransaction { database in
                try database.beginTransaction(kind)
                do {
                    let result = try body(
                        FrontierTransaction(
                            database: database, state: state, limits: limits, sink: sink, now: now))
                    try database.commit()
                    return result
                } catch {
                    try? database.rollback()
                    throw error
                }
            }
        } catch let error as DatabaseError {
            throw CrawlerError(error, path)
        }
    }

    // MARK: Questions

    /// Absolute totals by name.
    var counters: [String: Int64] { state.counters }

    /// How much is known and how much waits.
    var size: FrontierSize { state.size }

    /// Folds the log in and closes the file.
    func close() throws {
        do {
            state.statements.removeAll()
            try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try queue.close()
        } catch let error as DatabaseError {
            throw CrawlerError(error, path)
        }
    }
}
