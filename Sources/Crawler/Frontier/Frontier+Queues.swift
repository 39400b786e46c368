internal import Digest
internal import Foundation
internal import GRDB
internal import PairStore
internal import QueryBank

/// A host that has work.
struct WaitingHost: Hashable, Sendable {
    let id: Int64
    let origin: String
}

/// Hosts that a transaction gave work.
struct HostNews: Sendable {
    var pages: Set<Int64> = []
    var images: Set<Int64> = []
}

/// Tasks of one host, in the order to do them.
struct TaskSlice: Sendable {
    var pages: [PageTask] = []
    var images: [ImageTask] = []
    var isEmpty: Bool { pages.isEmpty && images.isEmpty }
}

/// How much is known and how much waits.
struct FrontierSize: Sendable {
    var queuedPages = 0
    var queuedImages = 0
    var hosts = 0
}

extension Frontier {
    /// Hosts with work that is due, after the one with number `after`, in the order of their numbers.
    func hostsWithWork(after: Int64, limit: Int, pages: Bool, now: Int64) throws -> [WaitingHost] {
        try read(now: now) { step in
            try step.all(
                """
                SELECT id, origin FROM hosts WHERE queued > 0 AND retired IS NULL AND id > ?1 AND (
                    (?2 AND EXISTS (SELECT 1 FROM pages WHERE host = hosts.id AND state = 0 AND due <= ?3)) OR
                    EXISTS (SELECT 1 FROM images WHERE host = hosts.id AND state = 0 AND due <= ?3))
                ORDER BY id LIMIT ?4
                """, after, pages, now, limit
            ) { WaitingHost(id: $0[0], origin: $0[1]) }
        }
    }

    /// Addresses of the seeds of all runs, and of what they redirected to.
    func startingPages() throws -> [String] {
        try read(now: 0) {
            try $0.all("SELECT url FROM pages WHERE depth = 0 AND NOT is_sitemap") { $0[0] }
        }
    }

    /// When the first task that waits for a later time is due; nil when none does.
    func earliestDue(after time: Int64, pages: Bool) throws -> Int64? {
        try read(now: time) { step in
            try step.first(
                """
                SELECT min(due) FROM (
                    SELECT (SELECT min(due) FROM images WHERE host = hosts.id AND state = 0 AND due > ?1) AS due
                    FROM hosts WHERE queued > 0 AND retired IS NULL
                    UNION ALL
                    SELECT (SELECT min(due) FROM pages WHERE host = hosts.id AND state = 0 AND due > ?1 AND ?2) AS due
                    FROM hosts WHERE queued > 0 AND retired IS NULL)
                """, time, pages
            ) { $0[0] as Int64? } ?? nil
        }
    }

    /// Takes tasks of a host that are due and not handed out: pages by depth, pictures by the least `u` that wants
    /// them, so that balance closes as early as it can. They stay handed out until their result comes.
    func takeTasks(of host: Int64, pages: Int, images: Int, now: Int64) throws -> TaskSlice {
        try read(now: now) { step in
            TaskSlice(
                pages: pages > 0 ? try step.pageTasks(host, limit: pages) : [],
                images: images > 0 ? try step.imageTasks(host, limit: images) : [])
        }
    }

    /// Takes pictures by the numbers of their addresses, those that candidates wait for and that are not handed out.
    func takeTasks(ofImages ids: [Int64]) throws -> [ImageTask] {
        guard !ids.isEmpty else { return [] }
        return try read(now: 0) { step in try ids.compactMap(step.takeTask(ofImage:)) }
    }

    /// Gives tasks back unfinished.
    func release(pages: [PageTask], images: [ImageTask], now: Int64) throws {
        try take(
            pages: pages.map { PageResult(task: $0, outcome: .released) },
            images: images.map { ImageResult(task: $0, outcome: .released) }, now: now)
    }
}

extension FrontierTransaction {
    fileprivate func pageTasks(_ host: Int64, limit: Int) throws -> [PageTask] {
        let ids = try free(
            "SELECT id FROM pages WHERE host = ? AND state = 0 AND due <= ? ORDER BY due, depth, id", host,
            limit: limit, leased: &state.leasedPages[host, default: []])
        return try ids.compactMap { id in
            try first(
                "SELECT url, depth, hops, tries, is_sitemap, etag, modified FROM pages WHERE id = ?", id
            ) {
                PageTask(
                    id: id, host: host, url: $0[0], depth: $0[1], hops: $0[2], tries: $0[3], isSitemap: $0[4],
                    entityTag: $0[5], lastModified: $0[6])
            }
        }
    }

    fileprivate func imageTasks(_ host: Int64, limit: Int) throws -> [ImageTask] {
        try free(
            "SELECT id FROM images WHERE host = ? AND state = 0 AND due <= ? ORDER BY due, u, id", host,
            limit: limit, leased: &state.leasedImages[host, default: []]
        ).compactMap(imageTask)
    }

    /// The first tasks of a host that are not handed out, and are from now on. The queue's index alone is read, for as many
    /// as are handed out stand before them.
    private func free(
        _ sql: StaticString, _ host: Int64, limit: Int, leased: inout Set<Int64>
    ) throws -> [Int64] {
        var free: [Int64] = []
        try forEach(sql, host, now) { row in
            if free.count < limit, leased.insert(row[0]).inserted { free.append(row[0]) }
            return free.count < limit
        }
        return free
    }

    fileprivate func takeTask(ofImage id: Int64) throws -> ImageTask? {
        let waiting = try first("SELECT host FROM images WHERE id = ? AND state = 0", id) { $0[0] as Int64 }
        guard let host = waiting, state.leasedImages[host, default: []].insert(id).inserted else {
            return nil
        }
        return try imageTask(id)
    }

    /// A picture and the candidates that wait for it, the least `u` first.
    private func imageTask(_ id: Int64) throws -> ImageTask? {
        var found: (host: Int64, url: String, tries: Int, sha256: SHA256Digest?)?
        var candidates: [WantedCandidate] = []
        try forEach(
            """
            SELECT i.host, i.url, i.tries, i.sha256, c.key, c.text, c.source, c.queries, c.u, c.extra, p.url, p.licence,
                p.language
            FROM images AS i LEFT JOIN candidates AS c ON c.image = i.id AND c.state = 0
            LEFT JOIN pages AS p ON p.id = c.page WHERE i.id = ?
            """, id
        ) { row in
            let image =
                found ?? (row[0], row[1], row[2], (row[3] as [UInt8]?).flatMap { SHA256Digest(bytes: $0) })
            found = image
            if let candidate = Self.wanted(row) { candidates.append(candidate) }
            return true
        }
        guard let found else { return nil }
        if candidates.count > 1 { candidates.sort { $0.u < $1.u } }
        return ImageTask(
            id: id, host: found.host, url: found.url, tries: found.tries, sha256: found.sha256,
            candidates: candidates)
    }

    private static func wanted(_ row: SQLStatement) -> WantedCandidate? {
        guard let key = (row[4] as [UInt8]?).flatMap({ CandidateKey(bytes: $0) }),
            let source = TextSource(rawValue: row[6]), let page = row[10] as String?
        else { return nil }
        return WantedCandidate(
            key: key, text: row[5], source: source, pageURL: page, queries: StoredQueries.queries(row[7]),
            u: Stored.unsigned(row[8]), licence: row[11], language: row[12], extra: ExtraFields(json: row[9]))
    }
}
