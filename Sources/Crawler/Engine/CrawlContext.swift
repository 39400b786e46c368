internal import Decode
internal import Digest
internal import Fetch
internal import Foundation
internal import PairStore
internal import QueryBank

/// What all work of one crawl shares; nothing in it changes.
struct CrawlContext: Sendable {
    let configuration: CrawlConfiguration
    let agent: String
    let fetcher: Fetcher
    private let archive: ArchiveWriter?
    let store: StoreWriter
    let policy: LinkPolicy
    let curator: Curator
    let reader: PageReader
    let inspector: ImageInspector
    let retry: RetryPolicy

    /// Makes the folder of WARC files, if there is to be one; nothing else fails. An import reads no links, for it follows
    /// none.
    init(
        _ configuration: CrawlConfiguration, seeds: [WebURL], readsLinks: Bool, store: StoreWriter,
        bank: QueryBank
    ) throws(CrawlerError) {
        self.configuration = configuration
        var archive: ArchiveWriter?
        if let folder = configuration.archiveFolder {
            archive = try ArchiveWriter(folder, userAgent: configuration.userAgent)
        }
        self.archive = archive
        self.store = store
        agent = configuration.agent
        fetcher = Fetcher(Self.fetching(configuration))
        policy = LinkPolicy(configuration, seeds: seeds)
        curator = Curator(
            bank: bank, sources: configuration.textSources, policy: policy,
            partition: configuration.partition
        ) { store.priority(imageURL: $0, text: $1) }
        let filters = configuration.filters
        var reader = PageReader(minSide: filters.minSide, maxAspect: filters.maxAspect)
        reader.readsLinks = readsLinks
        self.reader = reader
        inspector = ImageInspector(
            filters: filters, excluded: configuration.excludedHashes, remake: configuration.remake,
            check: configuration.pictureCheck)
        retry = RetryPolicy(
            maxAttempts: configuration.maxTries, firstDelay: .seconds(2), maxDelay: .seconds(600))
    }

    private static func fetching(_ configuration: CrawlConfiguration) -> FetchConfiguration {
        var fetching = FetchConfiguration(
            userAgent: configuration.userAgent,
            addressPolicy: AddressPolicy(allowing: configuration.allowAddress))
        fetching.maxConcurrent = configuration.concurrency
        fetching.maxPerHost = max(fetching.maxPerHost, configuration.perHost)
        fetching.maxPerAddress = max(configuration.perAddress, configuration.perHost)
        fetching.proxy = configuration.proxy
        fetching.timeLimits = configuration.timeLimits
        return fetching
    }

    /// Exchanges are written into WARC files.
    var keepsExchanges: Bool { archive != nil }

    /// Writes an exchange into the WARC files, if there are any.
    func keep(_ request: FetchRequest, _ outcome: FetchOutcome) async throws {
        try await archive?.write(request, outcome)
    }

    /// Ends the WARC files.
    func closeArchive() async throws { try await archive?.close() }

    /// Why robots.txt keeps an address from us; nil when it does not.
    func robotsFault(_ url: WebURL, _ rules: RobotsRules) -> String? {
        let path = url.target
        if !rules.allows(path: path, agent: agent) { return "robots_disallowed" }
        if configuration.optOutAgents.contains(where: { rules.refuses(path: path, named: $0) }) {
            return DropReason.optOut(.robotsNamedAgent)
        }
        return nil
    }

    /// What an answer's header and its site's robots.txt wish.
    func optOuts(_ response: FetchResponse, _ url: WebURL, _ rules: RobotsRules) -> OptOuts {
        var wishes = OptOuts(headers: response.headers.fields, agent: agent)
        if let wish = rules.trainingOptOut(path: url.target, agent: agent) { wishes.insert(wish) }
        return wishes
    }

    /// How the log calls a failure that may heal: the last try's is final.
    func retryName(_ reason: DropReason, tries: Int) -> String {
        tries + 1 < configuration.maxTries ? "again after " + reason.rawValue : reason.rawValue
    }

    /// Milliseconds until a failed URL is asked for again.
    func waitMilliseconds(tries: Int, _ outcome: FetchOutcome?) -> Int64 {
        var wait = retry.backoff(attempt: tries + 1, jitter: Double.random(in: 0..<1))
        if case .response(let response) = outcome, let asked = response.retryAfter(now: Date()) {
            wait = max(wait, min(asked, retry.maxDelay))
        }
        return wait.milliseconds
    }

    /// Whether balance may still have room for a candidate.
    func mayClaim(_ candidate: WantedCandidate, of image: String) -> Bool {
        store.mayClaim(
            Priority(u: candidate.u, imageURL: image, text: candidate.text), queries: candidate.queries)
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
    /// Seconds with a fraction.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension Decision {
    /// One request and what was made of its outcome.
    init(_ subject: Subject, _ url: String, _ decided: String, _ outcome: FetchOutcome?) {
        self.init(subject: subject, url: url, outcome: decided)
        switch outcome {
        case .response(let response):
            status = response.status
            bytes = response.body.count
            milliseconds = Int(response.elapsed.milliseconds)
            address = response.remoteAddress.map(String.init(describing:))
        case .failure(let failure):
            milliseconds = Int(failure.elapsed.milliseconds)
            address = failure.remoteAddress.map(String.init(describing:))
        case nil: break
        }
    }
}
