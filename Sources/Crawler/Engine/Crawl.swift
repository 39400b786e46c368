internal import Fetch
internal import Foundation
public import PairStore
public import QueryBank
internal import Synchronization

/// A crawl: from seeds to pairs in a store; or an import, from files that hold candidates. It goes on by itself where an
/// earlier one of the same store ended, whether by a limit, by `stop()` or by a crash.
///
/// With everything exhausted, the pairs and claims depend on the sites, the query list and the configuration alone,
/// not on order, threads or interruptions.
public final class Crawl: Sendable {
    private let configuration: CrawlConfiguration
    private let seeds: [WebURL]
    private let inputs: ImportInputs?
    private let frontierPath: String
    private let store: StoreWriter
    private let bank: QueryBank
    private let isStopped = Atomic(false)

    /// Prepares a crawl into a store; `crawl.sqlite` lies in the store's folder.
    ///
    /// Throws for a seed that is no http or https address, for settings that make no sense, and for a user agent
    /// without a contact when a seed is not on this machine.
    public convenience init(
        _ configuration: CrawlConfiguration, storePath: String, store: StoreWriter, bank: QueryBank
    ) throws {
        try self.init(configuration, nil, storePath: storePath, store: store, bank: bank)
    }

    /// Prepares an import into a store: candidates come from files, and no page is asked for. Pictures are asked for as a
    /// crawl does, with its manners, balance, retries and log. The configuration needs no seeds.
    ///
    /// Throws for a file that cannot be read and for settings that make no sense.
    public convenience init(
        _ configuration: CrawlConfiguration, importing inputs: ImportInputs, storePath: String,
        store: StoreWriter, bank: QueryBank
    ) throws {
        try inputs.check()
        try self.init(configuration, inputs, storePath: storePath, store: store, bank: bank)
    }

    private init(
        _ configuration: CrawlConfiguration, _ inputs: ImportInputs?, storePath: String, store: StoreWriter,
        bank: QueryBank
    ) throws {
        self.configuration = configuration
        self.inputs = inputs
        self.store = store
        self.bank = bank
        frontierPath = storePath + "/crawl.sqlite"
        seeds = try configuration.checkedSeeds()
    }

    /// Runs until nothing is left to do, a limit is reached, `stop()` is called or the task is cancelled.
    ///
    /// `progress` is called a few times a second, from the task that runs the crawl. Throws when the frontier or the
    /// store fails, and when no seed can be reached at all; what was committed before stays, and the next run goes on
    /// from it. A failure of one page or picture is no error: it is counted.
    public func run(progress: @escaping @Sendable (CrawlProgress) -> Void = { _ in }) async throws
        -> CrawlReport
    {
        let frontier = try Frontier(
            path: frontierPath, limits: FrontierLimits(configuration), sink: StoreSink(store: store),
            now: WallClock.milliseconds())
        let context = try CrawlContext(
            configuration, seeds: seeds, readsLinks: inputs == nil, store: store, bank: bank)
        defer { context.fetcher.shutdown() }
        let loop = CrawlLoop(
            context, frontier: frontier, seeds: seeds,
            feeder: inputs.map { Feeder($0, context, frontier) }, progress: progress,
            isStopped: { self.isStopped.load(ordering: .relaxed) })
        do {
            let report = try await loop.run()
            try await context.closeArchive()
            try await frontier.close()
            return report
        } catch {
            try? await context.closeArchive()
            try? await frontier.close()
            throw error
        }
    }

    /// Ends the run soon: nothing more is asked for, what is in flight is given a little time, everything done is
    /// committed. May be called from any thread, more than once.
    public func stop() { isStopped.store(true, ordering: .relaxed) }
}

extension FrontierLimits {
    fileprivate init(_ configuration: CrawlConfiguration) {
        maxDepth = configuration.maxDepth
        maxTries = configuration.maxTries
        maxPagesPerHost = configuration.maxPagesPerHost
        maxCopies = configuration.maxCopies
        maxDecisions = configuration.maxDecisions
        refreshAfter = configuration.refreshAfter
        retriesFailed = configuration.retriesFailed
    }
}

extension CrawlConfiguration {
    /// The seeds as addresses, once everything makes sense.
    func checkedSeeds() throws(CrawlerError) -> [WebURL] {
        guard !agent.isEmpty else {
            throw CrawlerError(
                .badConfiguration, "user agent", "is empty; name your crawler, as in mybot/1.0")
        }
        let numbers = [
            ("requests in flight", concurrency), ("requests per host", perHost), ("tries", maxTries),
            ("pages per host", maxPagesPerHost), ("copies of a page", maxCopies),
            ("lines of the log", maxDecisions),
        ]
        for (name, number) in numbers where number < 1 {
            throw CrawlerError(.badConfiguration, name, "\(number) is too few; at least 1 is needed")
        }
        var urls: [WebURL] = []
        for seed in seeds {
            guard let url = WebURL(seed) else {
                throw CrawlerError(
                    .badSeed, seed, "is no http or https address; write it as https://example.org/")
            }
            try checkContact(url.host)
            urls.append(url)
        }
        return urls
    }

    /// Throws for a host of other people when the user agent names no contact.
    func checkContact(_ host: String) throws(CrawlerError) {
        if FetchConfiguration.requiresContact(host: host), !FetchConfiguration.namesContact(userAgent) {
            throw CrawlerError(
                .contactMissing, userAgent,
                "names no contact, which servers of other people need; "
                    + "use a user agent such as mybot/1.0 (+https://example.org/about)")
        }
    }
}
