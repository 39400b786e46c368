internal import GRDB
internal import PairStore

/// What one transaction does to the frontier. Everything that one step of the crawl changes goes through one of
/// these, so it is there as a whole or not at all.
///
/// Confined to the frontier's thread; a failure ends the run, so caches need no undoing.
struct FrontierTransaction {
    let database: Database
    let state: State
    let limits: FrontierLimits
    let sink: any CandidateSink
    /// Milliseconds since 1970.
    let now: Int64

    /// What is kept in memory between transactions.
    final class State {
        var hostIDs: [String: Int64] = [:]
        var counters: [String: Int64]
        var changedCounters: Set<String> = []
        var queuedByHost: [Int64: Int] = [:]
        let seen = SeenCache()
        let statements = StatementCache()
        var size: FrontierSize
        var news = HostNews()
        /// How many more lines the log takes before it is looked at.
        var decisionsUntilTrim = 0
        /// Tasks handed out and not given back yet, by host: they are still queued in the file, so a crash needs
        /// no repair.
        var leasedPages: [Int64: Set<Int64>] = [:]
        var leasedImages: [Int64: Set<Int64>] = [:]

        init(counters: [String: Int64], size: FrontierSize) {
            self.counters = counters
            self.size = size
        }
    }

    /// Runs a statement without rows.
    func run<each Value: SQLValue>(_ sql: StaticString, _ values: repeat each Value) throws {
        try state.statements.prepared(sql, database, repeat each values).run()
    }

    /// What is made of the first row of a query.
    func first<Result, each Value: SQLValue>(
        _ sql: StaticString, _ values: repeat each Value, row: (SQLStatement) throws -> Result
    ) throws -> Result? {
        try state.statements.prepared(sql, database, repeat each values).first(row)
    }

    /// What is made of each row of a query.
    func all<Result, each Value: SQLValue>(
        _ sql: StaticString, _ values: repeat each Value, row: (SQLStatement) throws -> Result
    ) throws -> [Result] {
        var results: [Result] = []
        try forEach(sql, repeat each values) {
            results.append(try row($0))
            return true
        }
        return results
    }

    /// Looks at the rows of a query until `row` says no.
    func forEach<each Value: SQLValue>(
        _ sql: StaticString, _ values: repeat each Value, row: (SQLStatement) throws -> Bool
    ) throws {
        try state.statements.prepared(sql, database, repeat each values).forEach(row)
    }

    // MARK: Hosts

    /// Hosts remembered by name; beyond, the memory is emptied.
    private static let maxHostNames = 200_000

    /// The number of what is on no host.
    static let noHost: Int64 = 0

    /// The number of an origin, which is made when it is new.
    func host(_ origin: String) throws -> Int64 {
        if origin.isEmpty { return Self.noHost }
        if let known = state.hostIDs[origin] { return known }
        if state.hostIDs.count >= Self.maxHostNames { state.hostIDs.removeAll() }
        try run("INSERT OR IGNORE INTO hosts (origin) VALUES (?)", origin)
        state.size.hosts += database.changesCount
        let id: Int64 = try first("SELECT id FROM hosts WHERE origin = ?", origin) { $0[0] } ?? 0
        state.hostIDs[origin] = id
        return id
    }

    /// Notes that so many more tasks of a host wait.
    func changeQueued(_ host: Int64, pages: Int = 0, images: Int = 0) {
        state.queuedByHost[host, default: 0] += pages + images
        state.size.queuedPages += pages
        state.size.queuedImages += images
        if pages > 0 { state.news.pages.insert(host) }
        if images > 0 { state.news.images.insert(host) }
    }

    // MARK: Counters and decisions

    func count(_ name: String, _ by: Int = 1) {
        guard by != 0 else { return }
        state.counters[name, default: 0] += Int64(by)
        state.changedCounters.insert(name)
    }

    func count(_ drops: [DropReason: Int]) {
        for (reason, number) in drops { count(Frontier.dropPrefix + reason.rawValue, number) }
    }

    func log(_ decisions: [Decision]) throws {
        for decision in decisions {
            try run(
                """
                INSERT INTO decisions (at, subject, url, outcome, status, bytes, milliseconds, address)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                now, decision.subject.rawValue, decision.url, decision.outcome, decision.status,
                decision.bytes,
                decision.milliseconds, decision.address)
        }
        state.decisionsUntilTrim -= decisions.count
        if state.decisionsUntilTrim < 0 { try trimLog() }
    }

    /// Forgets the oldest lines of the log, a twentieth of it at a time.
    private func trimLog() throws {
        try run(
            "DELETE FROM decisions WHERE id <= (SELECT max(id) FROM decisions) - ?", limits.maxDecisions)
        state.decisionsUntilTrim = limits.maxDecisions / 20
    }

    /// Writes what was gathered; the last step of every transaction.
    func finish() throws {
        for (host, change) in state.queuedByHost where change != 0 {
            try run("UPDATE hosts SET queued = queued + ? WHERE id = ?", change, host)
        }
        state.queuedByHost.removeAll(keepingCapacity: true)
        for name in state.changedCounters {
            try run(
                "INSERT INTO counters (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
                name, state.counters[name])
        }
        state.changedCounters.removeAll(keepingCapacity: true)
    }
}

/// Pages met lately with the depth they have, so that the links every page repeats cost no look at the file.
/// A fixed table; a newcomer takes the place of an older one.
final class SeenCache {
    private var slots: [(id: Int64, depth: Int32, hops: Int32)]

    init(bits: Int = 16) { slots = Array(repeating: (-1, 0, 0), count: 1 << bits) }

    /// The page is known to be at least as near.
    func covers(_ id: Int64, depth: Int, hops: Int) -> Bool {
        let slot = slots[Int(id) & (slots.count - 1)]
        return slot.id == id && Int(slot.depth) <= depth && Int(slot.hops) <= hops
    }

    func note(_ id: Int64, depth: Int, hops: Int) {
        slots[Int(id) & (slots.count - 1)] = (id, Int32(clamping: depth), Int32(clamping: hops))
    }
}
