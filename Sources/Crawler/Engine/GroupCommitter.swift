internal import PairStore
internal import QueryBank

/// Makes results durable in the right order: the store's commit is acknowledged before the frontier calls anything
/// done, so the frontier may lag the catalogue and never lead it.
actor GroupCommitter {
    /// What a group did.
    struct Report: Sendable {
        /// Hosts that have new work.
        var hosts: Set<Int64> = []
        /// Pairs kept by this group.
        var kept = 0
        var counters: [String: Int64] = [:]
        var size = FrontierSize()
    }

    private let store: StoreWriter
    private let frontier: Frontier
    private let thread = SerialThread(label: "wit.commit")
    private let now: @Sendable () -> Int64

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(store: StoreWriter, frontier: Frontier, now: @escaping @Sendable () -> Int64) {
        self.store = store
        self.frontier = frontier
        self.now = now
    }

    /// Commits a group.
    func commit(_ group: ResultBuffer) async throws -> Report {
        var report = Report()
        let decided = try await commitPairs(group.fetched, &report)
        report.hosts = try await frontier.take(
            pages: group.pages, images: group.images + decided, log: group.log, now: now())
        report.counters = await frontier.counters
        report.size = await frontier.size
        return report
    }

    /// Writes the frontier's last totals into the catalogue.
    func commitTotals() async throws { try store.commit(counters: Self.totals(await frontier.counters)) }

    private func commitPairs(_ fetched: [FetchedImage], _ report: inout Report) async throws -> [ImageResult]
    {
        guard !fetched.isEmpty else { return [] }
        let counters = Self.totals(await frontier.counters)
        var outcomes: [CandidateKey: PairOutcome] = [:]
        for pair in fetched.lazy.flatMap(\.pairs) {
            if store.needsCommit { try commitStaged(counters, &report, &outcomes) }
            try store.append(pair)
        }
        try commitStaged(counters, &report, &outcomes)
        return fetched.map { image in
            var result = image.result
            for pair in image.pairs {
                if let outcome = outcomes[pair.key] { result.fates[pair.key] = CandidateFate(outcome) }
            }
            return result
        }
    }

    private func commitStaged(
        _ counters: [String: [String: Int64]], _ report: inout Report,
        _ outcomes: inout [CandidateKey: PairOutcome]
    ) throws {
        let commit = try store.commit(counters: counters)
        report.kept += commit.kept
        outcomes.merge(commit.outcomes) { _, new in new }
    }

    /// The frontier's counters under this room's name.
    private static func totals(_ counters: [String: Int64]) -> [String: [String: Int64]] {
        ["crawl": counters]
    }
}
