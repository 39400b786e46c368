internal import Fetch
internal import Foundation

/// The loop of a running crawl: one task that owns all decisions, and an inbox for what the network, the disk and the
/// decoders have done. Nothing in it blocks, and everything it queues is bounded.
final class CrawlLoop {
    typealias Instant = ContinuousClock.Instant
    typealias Children = ThrowingDiscardingTaskGroup<any Error>

    let context: CrawlContext
    let frontier: Frontier
    let committer: GroupCommitter
    let inbox = EventInbox()
    let workers: WorkerThreads
    let pageProcessor: PageProcessor
    let imageProcessor: ImageProcessor
    let seeds: [WebURL]
    let manners: PolitenessConfiguration
    /// What an import takes its candidates from.
    let feeder: Feeder?
    private let report: @Sendable (CrawlProgress) -> Void
    private let isStopped: @Sendable () -> Bool

    var politeness: Politeness
    var backlog = Backlog()
    var buffer = ResultBuffer()
    var progress = CrawlProgress()
    var end: CrawlReport.End?
    /// Children by what they do; the loop ends when there are none.
    var busy = Busy()
    var scan = HostScan()
    /// How far an import's inputs are done.
    var marks = FeedMarks()
    /// All candidates of an import were taken in.
    var isFed: Bool
    /// What was read of an import and is not in the frontier yet.
    var held: FeedBatch?
    var contact: FirstContact
    var rates = RateMeter()

    private let started = ContinuousClock.now
    private var drainUntil: Instant?
    private var reportAt = ContinuousClock.now
    private var tickAt: Instant?

    /// The loop looks around at least so often: at limits, at `stop()`, and to report.
    static let heartbeat = Duration.milliseconds(200)
    /// Answers that wait to be read or decoded, or are; more are not asked for meanwhile.
    static let maxProcessing = 64
    /// Nor while they, and results that wait or are being recorded or committed, take so many bytes.
    static let maxBytes = 24 << 20
    /// What one file of a sitemap is counted as until it is read.
    static let sitemapBytes = SitemapScanner.maxAddresses * 256

    struct Busy {
        var transfers = 0
        var processing = 0
        /// Bytes of the answers among them, of sitemaps that are asked for, and of what is being recorded or committed.
        var bytes = 0
        var recordedBytes = 0
        var committedBytes = 0
        var loads = 0
        var notes = 0
        var isRecording = false
        var isCommitting = false
        var isScanning = false
        var isFeeding = false

        var isNothing: Bool {
            transfers == 0 && processing == 0 && loads == 0 && notes == 0 && !isRecording
                && !isCommitting && !isScanning && !isFeeding
        }
    }

    init(
        _ context: CrawlContext, frontier: Frontier, seeds: [WebURL], feeder: Feeder?,
        progress: @escaping @Sendable (CrawlProgress) -> Void, isStopped: @escaping @Sendable () -> Bool
    ) {
        self.context = context
        self.frontier = frontier
        self.seeds = seeds
        self.feeder = feeder
        isFed = feeder == nil
        self.isStopped = isStopped
        report = progress
        committer = GroupCommitter(store: context.store, frontier: frontier)
        workers = WorkerThreads(
            count: ProcessInfo.processInfo.activeProcessorCount, label: "wit.decode"
        ) { [inbox] in inbox.announce() }
        pageProcessor = PageProcessor(context: context)
        imageProcessor = ImageProcessor(context: context)
        manners = Self.manners(context.configuration)
        politeness = Politeness(manners, seed: UInt64.random(in: 0...UInt64.max))
        contact = FirstContact(seeds: seeds)
    }

    private static func manners(_ configuration: CrawlConfiguration) -> PolitenessConfiguration {
        var manners = PolitenessConfiguration(agent: configuration.agent)
        manners.delay = configuration.delay
        manners.perHost = configuration.perHost
        manners.perDomain = max(configuration.perDomain, configuration.perHost)
        manners.perAddress = max(configuration.perAddress, configuration.perHost)
        manners.total = configuration.concurrency
        return manners
    }

    // MARK: The run

    func run() async throws -> CrawlReport {
        defer { workers.stop() }
        try await frontier.seed(seeds.map(QueuedURL.init), now: WallClock.milliseconds())
        for page in try await frontier.startingPages() {
            if let url = WebURL(page) { context.policy.welcome(url) }
        }
        if feeder != nil { _ = backlog.closeForPages() }
        progress.take(counters: await frontier.counters, size: await frontier.size)
        contact.isMade = progress.pagesDone > 0
        try await withThrowingDiscardingTaskGroup { children in
            try await work(&children)
            children.cancelAll()
        }
        try await committer.commitTotals()
        refresh()
        report(progress)
        return CrawlReport(
            end: end ?? (backlog.areClosedForPages && feeder == nil ? .maxPages : .exhausted),
            progress: progress)
    }

    private func work(_ children: inout Children) async throws {
        while true {
            let now = ContinuousClock.now
            look(now, &children)
            try advance(now, &children)
            if isOver { return }
            for event in await inbox.take() { try handle(event, &children) }
        }
    }

    /// Has a child do what waits for others, and brings what came of it to the loop.
    func spawn(
        _ children: inout Children, _ work: @escaping @Sendable () async throws -> CrawlEvent
    ) {
        children.addTask { [inbox] in
            do {
                inbox.post(try await work())
            } catch {
                inbox.post(.failed(error))
            }
        }
    }

    /// Nothing is under way and nothing will be.
    private var isOver: Bool {
        guard busy.isNothing, buffer.isEmpty else { return false }
        return end != nil || (isFed && backlog.jobs == 0 && (scan.foundNothing || !mayFetch))
    }

    /// Pictures may be asked for.
    var mayFetch: Bool {
        !context.configuration.isOffline && (isFed || !(feeder?.goesFirst ?? false))
    }

    /// More answers may be looked at.
    var hasRoom: Bool {
        busy.processing < Self.maxProcessing && busy.bytes + buffer.bytes < Self.maxBytes
    }

    /// Looks at the limits and the clock, and reports.
    private func look(_ now: Instant, _ children: inout Children) {
        if end == nil { end = limitReached(now) }
        if end != nil, drainUntil == nil {
            let cancelled = Task.isCancelled
            drainUntil = now + (cancelled ? .zero : context.configuration.drainLimit)
            progress.isDraining = true
            giveBack(backlog.drainAll(), &children)
        }
        // Whatever does not end by itself is ended: a server that never answers cannot hold the crawl.
        if let drainUntil, now >= drainUntil, busy.transfers > 0 { context.fetcher.shutdown() }
        if now >= reportAt {
            reportAt = now + Self.heartbeat
            refresh()
            report(progress)
        }
    }

    private func limitReached(_ now: Instant) -> CrawlReport.End? {
        let configuration = context.configuration
        if isStopped() || Task.isCancelled { return .stopped }
        if let duration = configuration.duration, now - started >= duration { return .duration }
        if let most = configuration.maxPairs, progress.pairsKeptNow >= most { return .maxPairs }
        if let most = configuration.maxDownload, progress.bytes >= most { return .maxDownload }
        return nil
    }

    private func refresh() {
        let now = ContinuousClock.now
        progress.seconds = (now - started).seconds
        progress.inFlight = busy.transfers
        progress.activeHosts = backlog.siteCount
        (progress.pagesPerSecond, progress.imagesPerSecond) = rates.rates(at: now)
        progress.measure(context.configuration)
    }

    // MARK: Setting to work

    /// Starts all that can be started now, and the clock for what comes next.
    private func advance(_ now: Instant, _ children: inout Children) throws {
        startFeed(&children)
        startLoads(&children)
        var wake = now + Self.heartbeat
        if end == nil { wake = min(wake, takeTurns(now, &children)) }
        if let due = buffer.deadline { wake = min(wake, due) }
        startCommits(now, &children)
        startScan(now, &children)
        startTick(at: max(wake, now + .milliseconds(1)), &children)
    }

    private func startTick(at time: Instant, _ children: inout Children) {
        // One clock counts; another is started only when something is due earlier than it rings, and the late one's ring
        // then means nothing. Each such clock ends within a heartbeat, so there are few.
        if let tickAt, tickAt <= time { return }
        tickAt = time
        spawn(&children) {
            try? await Task.sleep(until: time, clock: .continuous)
            return .tick(time)
        }
    }

    func ticked(_ time: Instant) {
        if tickAt == time { tickAt = nil }
    }

    private func startLoads(_ children: inout Children) {
        guard end == nil else { return }
        for load in backlog.takeLoads() {
            busy.loads += 1
            spawn(&children) { [frontier] in
                let slice = try await frontier.takeTasks(
                    of: load.host.id, pages: load.pages, images: load.images, now: WallClock.milliseconds())
                return .loaded(load, slice)
            }
        }
    }

    /// Results and pairs go two ways, so that pages do not wait for the store's syncs.
    private func startCommits(_ now: Instant, _ children: inout Children) {
        let isQuiet = busy.transfers == 0 && busy.processing == 0
        if !busy.isRecording, let group = buffer.takeGroup(now, isQuiet: isQuiet) {
            busy.isRecording = true
            busy.recordedBytes = group.bytes
            busy.bytes += group.bytes
            spawn(&children) { [committer] in .recorded(try await committer.record(group)) }
        }
        if !busy.isCommitting, let fetched = buffer.takeFetched(now, isQuiet: isQuiet) {
            busy.isCommitting = true
            busy.committedBytes = fetched.bytes
            busy.bytes += fetched.bytes
            spawn(&children) { [committer] in .committed(try await committer.commit(fetched)) }
        }
    }

    /// Looks for hosts with work when there is room for them.
    private func startScan(_ now: Instant, _ children: inout Children) {
        let isIdle = backlog.jobs == 0 && busy.isNothing && buffer.isEmpty
        guard end == nil, mayFetch, !busy.isScanning, backlog.hasRoom,
            let after = scan.start(now: now, isIdle: isIdle, clock: WallClock.milliseconds())
        else { return }
        busy.isScanning = true
        let pages = !backlog.areClosedForPages
        spawn(&children) { [frontier] in
            let time = WallClock.milliseconds()
            let hosts = try await frontier.hostsWithWork(
                after: after, limit: HostScan.sliceSize, pages: pages, now: time)
            let isLast = hosts.count < HostScan.sliceSize
            let due = isLast ? try await frontier.earliestDue(after: time, pages: pages) : nil
            return .scanned(hosts, after: after, due: due)
        }
    }
}
