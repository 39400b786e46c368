internal import Foundation
internal import GRDB

/// Where a page stands.
enum PageState: Int {
    case queued = 0
    case done = 1
    /// Known, and farther from the seeds or behind more redirects than is followed.
    case beyond = 2
}

extension FrontierTransaction {
    /// Takes in a page that a seed, a link or a redirect leads to.
    func offer(_ page: QueuedURL, depth: Int, hops: Int, isSitemap: Bool = false) throws {
        guard !state.seen.covers(page.id, depth: depth, hops: hops) else { return }
        if let (oldDepth, oldHops) = try place(of: page.id) {
            try comeNearer(page.id, depth: min(depth, oldDepth), hops: min(hops, oldHops))
            state.seen.note(page.id, depth: min(depth, oldDepth), hops: min(hops, oldHops))
        } else if try add(page, depth: depth, hops: hops, isSitemap) {
            state.seen.note(page.id, depth: depth, hops: hops)
        }
    }

    /// Adds a new page; false when its host is full.
    private func add(_ page: QueuedURL, depth: Int, hops: Int, _ isSitemap: Bool) throws -> Bool {
        let host = try host(page.origin)
        let pages: Int = try first("SELECT pages FROM hosts WHERE id = ?", host) { $0[0] } ?? 0
        guard pages < limits.maxPagesPerHost else {
            count([.linkHostFull: 1])
            return false
        }
        let place = isBeyond(depth, hops) ? PageState.beyond : .queued
        try run(
            "INSERT INTO pages (id, url, host, depth, hops, state, is_sitemap) VALUES (?, ?, ?, ?, ?, ?, ?)",
            page.id, page.url, host, depth, hops, place.rawValue, isSitemap)
        try run("UPDATE hosts SET pages = pages + 1 WHERE id = ?", host)
        if place == .queued { changeQueued(host, pages: 1) }
        return true
    }

    /// Takes a page's result in: what it offered is queued in the same transaction that marks it done.
    func take(_ result: PageResult) throws {
        count(result.drops)
        try log(result.decisions)
        switch result.outcome {
        case .read(let harvest): try read(result.task, harvest)
        case .unchanged:
            count(Frontier.pagesUnchanged)
            try close(result.task, outcome: Self.read)
        case .sitemap(let urls, let isIndex): try sitemap(result.task, urls, isIndex: isIndex)
        case .redirect(let target): try redirect(result.task, to: target)
        case .dropped(let reason):
            count([reason: 1])
            try close(result.task, outcome: reason.rawValue)
        case .retry(let reason, let wait):
            if result.task.tries + 1 >= limits.maxTries {
                count([reason: 1])
                try close(result.task, outcome: reason.rawValue)
            } else {
                try run(
                    "UPDATE pages SET tries = tries + 1, due = ? WHERE id = ?", now + wait, result.task.id)
            }
        case .released: break
        }
        state.leasedPages[result.task.host]?.remove(result.task.id)
    }

    // MARK: Nearer paths

    /// Gives a page a smaller depth or fewer hops, and passes that on to all that it led to: the depth of a page is
    /// the least over all paths, in whatever order they were found.
    private func comeNearer(_ page: Int64, depth: Int, hops: Int) throws {
        var work = [(id: page, depth: depth, hops: hops)]
        while let next = work.popLast() {
            guard let known = try path(to: next.id) else { continue }
            let (depth, hops) = (min(next.depth, known.depth), min(next.hops, known.hops))
            guard depth < known.depth || hops < known.hops else { continue }
            try run("UPDATE pages SET depth = ?, hops = ? WHERE id = ?", depth, hops, next.id)
            switch known.state {
            case .beyond where !isBeyond(depth, hops):
                try run("UPDATE pages SET state = 0 WHERE id = ?", next.id)
                changeQueued(known.host, pages: 1)
            case .done:
                // What a redirect or an index of sitemaps leads to stands where it stands itself.
                for child in known.links {
                    work.append(
                        (child, known.isRedirect ? depth : depth + 1, known.isRedirect ? hops + 1 : 0))
                }
            default: break
            }
        }
    }

    /// What is known of a page that paths lead over.
    private struct Path {
        let depth: Int
        let hops: Int
        let state: PageState?
        let links: [Int64]
        let isRedirect: Bool
        let host: Int64
    }

    private func path(to page: Int64) throws -> Path? {
        try first("SELECT depth, hops, state, links, outcome, host FROM pages WHERE id = ?", page) { row in
            Path(
                depth: row[0], hops: row[1], state: PageState(rawValue: row[2]),
                links: Self.ids(row[3]), isRedirect: row[4] as String? == Self.redirected,
                host: row[5])
        }
    }

    private func isBeyond(_ depth: Int, _ hops: Int) -> Bool {
        hops > limits.maxHops || limits.maxDepth.map { depth > $0 } ?? false
    }

    // MARK: Outcomes

    private static let redirected = "redirect"
    private static let read = "read"

    private func read(_ task: PageTask, _ harvest: PageHarvest) throws {
        count(Frontier.pagesRead)
        guard try !isMirror(task, harvest) else {
            count([.pageMirror: 1])
            return try close(task, outcome: DropReason.pageMirror.rawValue)
        }
        let place = try place(of: task)
        for link in harvest.links { try offer(link, depth: place.depth + 1, hops: 0) }
        for candidate in harvest.candidates { try offer(candidate, page: task.id, url: task.url) }
        // Only a limit on the depth makes a shorter path matter later.
        let links = limits.maxDepth == nil ? nil : Self.bytes(harvest.links.map(\.id))
        try run(
            "UPDATE pages SET licence = ?, language = ?, etag = ?, modified = ?, links = ? WHERE id = ?",
            harvest.licence, harvest.language, harvest.entityTag, harvest.lastModified, links, task.id)
        try close(task, outcome: Self.read)
    }

    /// Whether so many pages with the same bytes were followed that this one is not; else it counts as one of them.
    private func isMirror(_ task: PageTask, _ harvest: PageHarvest) throws -> Bool {
        guard let digest = harvest.digest else { return false }
        let known = try first("SELECT digest FROM pages WHERE id = ?", task.id) { $0[0] as Int64? } ?? nil
        guard known != digest else { return false }
        let copies: Int = try first("SELECT pages FROM copies WHERE digest = ?", digest) { $0[0] } ?? 0
        guard copies < limits.maxCopies else { return true }
        try run(
            "INSERT INTO copies VALUES (?, 1) ON CONFLICT (digest) DO UPDATE SET pages = pages + 1", digest)
        try run("UPDATE pages SET digest = ? WHERE id = ?", digest, task.id)
        return false
    }

    private func sitemap(_ task: PageTask, _ urls: [QueuedURL], isIndex: Bool) throws {
        count(Frontier.sitemapsRead)
        let place = try place(of: task)
        for url in urls {
            if isIndex {
                try offer(url, depth: place.depth, hops: place.hops + 1, isSitemap: true)
            } else {
                try offer(url, depth: place.depth + 1, hops: 0)
            }
        }
        try close(task, outcome: isIndex ? Self.redirected : Self.read)
    }

    private func redirect(_ task: PageTask, to target: QueuedURL) throws {
        let place = try place(of: task)
        try run("UPDATE pages SET links = ? WHERE id = ?", Self.bytes([target.id]), task.id)
        try close(task, outcome: Self.redirected)
        try offer(target, depth: place.depth, hops: place.hops + 1, isSitemap: task.isSitemap)
    }

    /// Where the page is now: a nearer path may have been found while it was fetched.
    private func place(of task: PageTask) throws -> (depth: Int, hops: Int) {
        try place(of: task.id) ?? (task.depth, task.hops)
    }

    private func place(of page: Int64) throws -> (depth: Int, hops: Int)? {
        try first("SELECT depth, hops FROM pages WHERE id = ?", page) { ($0[0], $0[1]) }
    }

    private func close(_ task: PageTask, outcome: String) throws {
        try run("UPDATE pages SET state = 1, outcome = ?, done_at = ? WHERE id = ?", outcome, now, task.id)
        changeQueued(task.host, pages: -1)
        if !task.isSitemap { count(Frontier.pagesDone) }
    }

    private static func bytes(_ ids: [Int64]) -> [UInt8] {
        ids.withUnsafeBytes { [UInt8]($0) }
    }

    private static func ids(_ bytes: [UInt8]) -> [Int64] {
        bytes.withUnsafeBytes { raw in
            stride(from: 0, to: raw.count - 7, by: 8).map {
                raw.loadUnaligned(fromByteOffset: $0, as: Int64.self)
            }
        }
    }
}
