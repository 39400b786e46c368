internal import Foundation
internal import GRDB

/// What a site told of itself: its manners, and where its sitemaps are.
struct SiteNews: Sendable {
    let files: SiteFiles
    /// The files are in the frontier already.
    let isKept: Bool
    var sitemaps: [QueuedURL] = []
}

extension FrontierTransaction {
    /// Keeps a site's files and queues its sitemaps.
    func take(_ news: SiteNews) throws {
        if !news.isKept {
            let host = try host(news.files.origin)
            try run(
                "UPDATE hosts SET robots = ?, reservations = ?, robots_at = ? WHERE id = ?",
                news.files.robots, news.files.reservations, now, host)
        }
        for sitemap in news.sitemaps { try offer(sitemap, depth: 0, hops: 0, isSitemap: true) }
    }
}

extension Frontier {
    /// A site's files as they were read not longer ago than a time, and how long ago that was.
    func files(of origin: String, maxAge: Duration, now: Int64) throws -> (files: SiteFiles, age: Duration)? {
        try read(now: now) { step in
            try step.first(
                "SELECT robots, reservations, robots_at FROM hosts WHERE origin = ? AND robots_at > ?",
                origin, now - maxAge.milliseconds
            ) { row in
                guard let robots = row[0] as [UInt8]?, let reservations = row[1] as [UInt8]? else {
                    return nil
                }
                let files = SiteFiles(
                    origin: origin, robots: robots, reservations: reservations)
                return (files, .milliseconds(max(0, now - (row[2] as Int64))))
            } ?? nil
        }
    }
}
