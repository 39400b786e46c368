/// Where a crawl stands, for a person or a program that watches it.
public struct CrawlProgress: Sendable, Codable, Equatable {
    /// Seconds since this run began.
    public var seconds = 0.0
    /// Pages that are done, earlier runs included.
    public var pagesDone = 0
    /// Pages that wait.
    public var pagesQueued = 0
    /// Pages asked for in this run.
    public var pagesAsked = 0
    /// Rows, records or samples that imports have read, earlier runs included.
    public var rows = 0
    /// Pictures fetched and looked at, earlier runs included.
    public var images = 0
    /// Pictures that wait.
    public var imagesQueued = 0
    /// Matched candidates that were offered, earlier runs included.
    public var candidates = 0
    /// Pairs kept when they were committed, earlier runs included; smaller ones may have displaced some since.
    public var pairsKept = 0
    /// Pairs kept by this run.
    public var pairsKeptNow = 0
    /// What was left out, by reason, earlier runs included.
    public var drops: [String: Int] = [:]
    /// Hosts that are known.
    public var hosts = 0
    /// Hosts that are being worked on.
    public var activeHosts = 0
    /// Hosts given up in this run, by reason.
    public var retiredHosts: [String: Int] = [:]
    /// Requests in flight.
    public var inFlight = 0
    /// Bytes of bodies received in this run.
    public var bytes = 0
    /// Pages a second over the last seconds.
    public var pagesPerSecond = 0.0
    /// Pictures a second over the last seconds.
    public var imagesPerSecond = 0.0
    /// How far the run is to each of its limits, from 0 to 1.
    public var limits: [String: Double] = [:]
    /// The run is coming to its end and only waits for what is in flight.
    public var isDraining = false

    enum CodingKeys: String, CodingKey {
        case seconds, images, candidates, drops, rows, hosts, bytes, limits
        case pagesDone = "pages_done"
        case pagesQueued = "pages_queued"
        case pagesAsked = "pages_asked"
        case imagesQueued = "images_queued"
        case pairsKept = "pairs_kept"
        case pairsKeptNow = "pairs_kept_now"
        case activeHosts = "active_hosts"
        case retiredHosts = "retired_hosts"
        case inFlight = "in_flight"
        case pagesPerSecond = "pages_per_second"
        case imagesPerSecond = "images_per_second"
        case isDraining = "is_draining"
    }

    mutating func take(counters: [String: Int64], size: FrontierSize) {
        pagesDone = Int(counters[Frontier.pagesDone] ?? 0)
        images = Int(counters[Frontier.imagesFetched] ?? 0)
        rows = Int(counters[Frontier.rowsRead] ?? 0)
        candidates = Int(counters[Frontier.candidatesOffered] ?? 0)
        pairsKept = Int(counters[Frontier.pairsKept] ?? 0)
        (pagesQueued, imagesQueued, hosts) = (size.queuedPages, size.queuedImages, size.hosts)
        drops = [:]
        for (name, value) in counters where name.hasPrefix(Frontier.dropPrefix) {
            drops[String(name.dropFirst(Frontier.dropPrefix.count))] = Int(value)
        }
    }
}

extension CrawlProgress {
    /// Says how far the run is to its limits.
    mutating func measure(_ configuration: CrawlConfiguration) {
        let parts: [(String, Double, Double?)] = [
            ("pages", Double(pagesAsked), configuration.maxPages.map(Double.init)),
            ("pairs", Double(pairsKeptNow), configuration.maxPairs.map(Double.init)),
            ("bytes", Double(bytes), configuration.maxDownload.map(Double.init)),
            ("seconds", seconds, configuration.duration?.seconds),
        ]
        for (name, done, most) in parts {
            if let most { limits[name] = most > 0 ? min(1, done / most) : 1 }
        }
    }
}

/// What a run did, and why it ended.
public struct CrawlReport: Sendable, Codable, Equatable {
    /// Why a run ended.
    public enum End: String, Sendable, Codable {
        /// Nothing is left to do but what given-up hosts hold.
        case exhausted
        /// `maxPages` was reached, and the pictures of those pages are done.
        case maxPages = "max_pages"
        /// `maxPairs` was reached.
        case maxPairs = "max_pairs"
        /// `maxDownload` was reached.
        case maxDownload = "max_download"
        /// The time was over.
        case duration
        /// `stop()` was called, or the task was cancelled.
        case stopped
    }

    /// Why the run ended.
    public var end: End
    /// Where it stood then.
    public var progress: CrawlProgress
}
