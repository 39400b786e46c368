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
        /// Pictures that the store has decided on, for the frontier to take in.
        var decided: [ImageResult] = []
        /// Pictures whose results are durable, by the numbers of their addresses.
        var images: [Int64] = []
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
        let news = try await frontier.take(
            pages: group.pages, images: group.images, sites: group.sites, log: group.log, marks: group.marks,
            now: WallClock.milliseconds())
        return await report(news, group.images)
    }

    /// Has the store decide on pairs; the outcomes are the frontier's to take in, soon.
    func commit(_ fetched: FetchedGroup) async throws -> Report {
        let (kept, decided) = try await commitPairs(fetched)
        var report = await report(HostNews(), [])
        (report.kept, report.decided) = (kept, decided)
        return report
    }

    /// Takes candidates of an import into the frontier, and hands out the wanted ones of the pictures that came along.
    nonisolated func take(_ batch: FeedBatch, isWhole: Bool) async throws -> Fed {
        let news = try await frontier.take(batch, isWhole: isWhole, now: WallClock.milliseconds())
        let tasks = try await frontier.takeTasks(ofImages: batch.pictures.keys.sorted())
        return Fed(
            report: await report(news, []),
            pictures: tasks.compactMap { task in
                batch.pictures[task.id].map { SuppliedImage(task: task, picture: $0) }
            }, mark: batch.mark, isMarked: isWhole && batch.pictures.isEmpty)
    }

    private nonisolated func report(_ news: HostNews, _ images: [ImageResult]) async -> Report {
        Report(
            news: news, images: images.map(\.task.id), counters: await frontier.counters,
            size: await frontier.size)
    }

    /// Writes the frontier's last totals into the catalogue.
    func commitTotals() async throws { try store.commit(counters: Self.totals(await frontier.counters)) }

    private func commitPairs(_ group: FetchedGroup) async throws -> (kept: Int, results: [ImageResult]) {
        let counters = Self.totals(await frontier.counters)
        var fetched = group.take()
        var outcomes: [CandidateKey: PairOutcome] = [:]
        var kept = 0
        func commitStaged() throws {
            let report = try store.commit(counters: counters)
            kept += report.kept
            outcomes.merge(report.outcomes) { _, new in new }
        }
        for place in fetched.indices {
            let pairs = fetched[place].pairs
            // The store makes samples of them: both need not be in memory.
            fetched[place].pairs = []
            for pair in pairs {
                if store.isWorthCommitting { try commitStaged() }
                try store.append(pair)
            }
        }
        try commitStaged()
        let results = fetched.map { image in
            var result = image.result
            for key in image.keys {
                if let outcome = outcomes[key] { result.fates[key] = CandidateFate(outcome) }
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
