internal import GRDB

/// What opening a frontier changes in it.
enum FrontierStart {
    static func prepare(_ queue: DatabaseQueue, _ limits: FrontierLimits, now: Int64) throws {
        try queue.write { database in
            try database.execute(
                sql: "UPDATE hosts SET retired = NULL WHERE retired IS NOT NULL AND retired_at <= ?",
                arguments: [now - limits.retirement.milliseconds])
            try requeue(
                "state = 2 AND hops <= ? AND depth <= ?",
                [limits.maxHops, limits.maxDepth ?? Int(Int32.max)],
                database)
            if let age = limits.refreshAfter { try refresh(doneBefore: now - age.milliseconds, database) }
        }
    }

    /// Queues pages that were read or failed before a time again. They count as done once more when they are.
    private static func refresh(doneBefore time: Int64, _ database: Database) throws {
        // What a removal blanked is not asked for again.
        let old = "state = 1 AND url != '' AND done_at <= ?"
        let count = try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM pages WHERE \(old) AND NOT is_sitemap", arguments: [time])
        try database.execute(
            sql: "UPDATE counters SET value = value - ? WHERE name = ?",
            arguments: [count ?? 0, Frontier.pagesDone])
        try requeue(old, [time], database)
    }

    private static func requeue(
        _ condition: String, _ arguments: StatementArguments, _ database: Database
    ) throws {
        try database.execute(
            sql: """
                UPDATE hosts SET queued = queued + found.n
                FROM (SELECT host, count(*) AS n FROM pages WHERE \(condition) GROUP BY host) AS found
                WHERE hosts.id = found.host
                """, arguments: arguments)
        try database.execute(
            sql: "UPDATE pages SET state = 0, tries = 0, due = 0 WHERE \(condition)", arguments: arguments)
    }
}
