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
    static let imagesFetched = "images_fetched"
    static let candidatesOffered = "candidates"
    static let pairsKept = "pairs_kept"
    static let dropPrefix = "drop."

    private let thread = SerialThread(label: "wit.frontier")
    private let path: String
    private let queue: DatabaseQueue
    private let limits: FrontierLimits
    private let sink: any CandidateSink
    private let state: FrontierTransaction.State

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Opens or makes the file. Hosts that were given up in an earlier run get another chance, and a larger depth
    /// limit lets in what the last one left out.
    init(path: String, limits: FrontierLimits, sink: any CandidateSink) throws {
        self.path = path
        self.limits = limits
        self.sink = sink
        queue = try FrontierSchema.open(path)
        try Self.admitBeyond(queue, limits)
        state = try Self.start(queue)
    }

    private static func start(_ queue: DatabaseQueue) throws -> FrontierTransaction.State {
        try queue.write { database in
            try database.execute(sql: "UPDATE hosts SET retired = NULL WHERE retired IS NOT NULL")
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
    }

    private static func admitBeyond(_ queue: DatabaseQueue, _ limits: FrontierLimits) throws {
        try queue.write { database in
            let within = "state = 2 AND hops <= ? AND depth <= ?"
            let arguments: StatementArguments = [limits.maxHops, limits.maxDepth ?? Int(Int32.max)]
            try database.execute(
                sql: """
                    UPDATE hosts SET queued = queued + found.n
                    FROM (SELECT host, count(*) AS n FROM pages WHERE \(within) GROUP BY host) AS found
                    WHERE hosts.id = found.host
                    """, arguments: arguments)
            try database.execute(sql: "UPDATE pages SET state = 0 WHERE \(within)", arguments: arguments)
        }
    }

    // MARK: Changes

    /// Queues the starting points of a crawl.
    func seed(_ pages: [QueuedURL], now: Int64) throws {
        try transaction(now: now) { step in
            for page in pages { try step.offer(page, depth: 0, hops: 0) }
        }
    }

    /// Takes results in, all of them or none; gives the hosts that got work by it.
    @discardableResult
    func take(
        pages: [PageResult] = [], images: [ImageResult] = [], log: [Decision] = [], now: Int64
    ) throws -> HostNews {
        try transaction(now: now) { step in
            state.news = HostNews()
            for result in pages { try step.take(result) }
            for result in images { try step.take(result) }
            try step.log(log)
            return state.news
        }
    }

    /// Gives a host up for this run; what waits for it stays in the file.
    func retire(origin: String, reason: String, now: Int64) throws {
        try transaction(now: now) { step in
            let host = try step.host(origin)
            try step.run("UPDATE hosts SET retired = ? WHERE id = ?", [reason, host])
            state.leasedPages[host] = nil
            state.leasedImages[host] = nil
        }
    }

    private func transaction<T>(now: Int64, _ body: (FrontierTransaction) throws -> T) throws -> T {
        do {
            return try queue.writeWithoutTransaction { database in
                try database.beginTransaction(.immediate)
                do {
                    let step = FrontierTransaction(
                        database: database, state: state, limits: limits, sink: sink, now: now)
                    let result = try body(step)
                    try step.finish()
                    try sink.flush()
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

    /// Reads with the tools of a transaction.
    func read<T>(now: Int64, _ body: (FrontierTransaction) throws -> T) throws -> T {
        do {
            return try queue.writeWithoutTransaction { database in
                try body(
                    FrontierTransaction(
                        database: database, state: state, limits: limits, sink: sink, now: now))
            }
        } catch let error as DatabaseError {
            throw CrawlerError(error, path)
        }
    }

    /// Folds the log in and closes the file.
    func close() throws {
        do {
            try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try queue.close()
        } catch let error as DatabaseError {
            throw CrawlerError(error, path)
        }
    }
}
