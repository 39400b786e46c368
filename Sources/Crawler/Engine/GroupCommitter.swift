internal import PairStore
internal import QueryBank

/// Makes results durable in the right order: the store's commit is acknowledged before the frontier calls anything
/// done, so the frontier may lag the catalogue and never lead it.
actor GroupCommitter {
    /// What a group did.
    struct Report: Sendable {
        /// Hosts that have new work.
        var news = HostNews()
        /// Pairs kept by this group.
        var kept = 0
        var counters: [String: Int64] = [:]
        var size = FrontierSize()
    }

    private let store: StoreWriter
    private let frontier: Frontier
    private let thread = SerialThread(label: "wit.commit")

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(store: StoreWriter, frontier: Frontier) {
        self.store = store
        self.frontier = frontier
    }

    /// Takes results into the frontier.
    nonisolated func record(_ group: ResultBuffer.Group) async throws -> Report {
        try await record(pages: group.pages, images: group.images, sites: group.sites, log: group.log)
    }

    /// Has the store decide on pairs, then takes the outcomes into the frontier.
    func commit(_ fetched: [FetchedImage]) async throws -> Report {
        let (kept, decided) = try await commitPairs(fetched)
        var report = try await record(images: decided)
        report.kept = kept
        return report
    }

    private nonisolated func record(
        pages: [PageResult] = [], images: [ImageResult], sites: [SiteNews] = [], log: [Decision] = []
    ) async throws -> Report {
        let news = try await frontier.take(
            pages: pages, images: images, sites: sites, log: log, now: WallClock.milliseconds())
        return Report(news: news, counters: await frontier.counters, size: await frontier.size)
    }

    /// Writes the frontier's last totals into the catalogue.
    func commitTotals() async throws { try store.commit(counters: Self.totals(await frontier.counters)) }

    private func commitPairs(_ fetched: [FetchedImage]) async throws -> (kept: Int, results: [ImageResult]) {
        let counters = Self.totals(await frontier.counters)
        var outcomes: [CandidateKey: PairOutcome] = [:]
        var kept = 0
        func commitStaged() throws {
            let report = try store.commit(counters: counters)
            kept += report.kept
            outcomes.merge(report.outcomes) { _, new in new }
        }
        for pair in fetched.lazy.flatMap(\.pairs) {
            if store.needsCommit { try commitStaged() }
            try store.append(pair)
        }
        try commitStaged()
        let results = fetched.map { image in
            var result = image.result
            for pair in image.pairs {
                if let outcome = outcomes[pair.key] { result.fates[pair.key] = CandidateFate(outcome) }
            }
            return result
        }
        return (kept, results)
    }

    /// The frontier's counters under this room's name.
    private static func totals(_ counters: [String: Int64]) -> [String: [String: Int64]] {
        ["crawl": counters]
    }
}
