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
            if limits.retriesFailed { try retryFailed(database) }
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

    /// Queues pictures whose last failure may heal, with their candidates; hosts that were given up get another chance.
    private static func retryFailed(_ database: Database) throws {
        let reasons = DropReason.mayHeal.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let failed = "state = 2 AND url != '' AND outcome IN (\(reasons))"
        try database.execute(
            sql: """
                UPDATE candidates SET state = 0 WHERE state = 4 AND image IN (SELECT id FROM images WHERE \(failed));
                UPDATE counters SET value = value - found.n
                FROM (SELECT outcome, count(*) AS n FROM images WHERE \(failed) GROUP BY outcome) AS found
                WHERE counters.name = '\(Frontier.dropPrefix)' || found.outcome;
                UPDATE hosts SET queued = queued + found.n
                FROM (SELECT host, count(*) AS n FROM images WHERE \(failed) GROUP BY host) AS found
                WHERE hosts.id = found.host;
                UPDATE images SET state = 0, tries = 0, due = 0, outcome = NULL WHERE \(failed);
                UPDATE hosts SET retired = NULL WHERE retired IS NOT NULL
                """)
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
