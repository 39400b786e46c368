import ArgumentParser
import CommandKit
import Crawler
import Fetch
import Foundation
import PairStore
import QueryBank

struct Crawl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crawl",
        abstract: "Crawl sites into a store of balanced image-text pairs.",
        discussion: """
            Keeps a pair only when its text contains a query of the list and one of those queries may still claim
            it. Respects robots.txt and opt-outs, waits between requests to a host, and refuses private addresses.
            Ctrl-C stops cleanly, and a kill loses nothing that was reported: the same command goes on.
              wit crawl https://example.org/ --store pairs --max-pages 1000 \\
                --user-agent 'mycrawler/1.0 (+https://example.org/about-the-crawler)'
            """)

    @Argument(help: ArgumentHelp("Where to start: http or https URLs.", valueName: "url"))
    var seeds: [String]
    @Option(help: ArgumentHelp("The store, made if it is not there.", valueName: "dir"))
    var store: String
    @Option(help: ArgumentHelp("The wait between two requests to a host.", valueName: "duration"))
    var delay = DurationArgument(seconds: 1)
    @Option(help: "Requests in flight over all hosts.")
    var concurrency = 32
    @Option(help: "Requests in flight to one host.")
    var perHost = 1
    @Option(help: "Which pages to follow links to; pictures may come from anywhere.")
    var scope = CrawlScope.host
    @Option(help: "The most pairs that one query claims.")
    var perQuery = 20_000
    @Option(help: "Seeds the priorities that decide which pairs a full query keeps.")
    var seed: UInt64 = 0
    @Option(help: "Who asks; must name a contact (URL or mail address) once a crawl leaves this machine.")
    var userAgent = "wit/0.1"
    @Option(
        help: ArgumentHelp(
            "Allow addresses that are refused otherwise, such as 127.0.0.0/8.", valueName: "cidr"))
    var allowAddress: [CIDR] = []
    @OptionGroup(title: "Requests") var requests: CrawlRequestOptions
    @OptionGroup(title: "Limits") var limits: CrawlLimitOptions
    @OptionGroup(title: "Choices") var choices: CrawlChoiceOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var list: QueryListOption
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption
    @Option(help: .hidden) var warc: String?

    func validate() throws {
        for seed in seeds where WebURL(seed) == nil {
            throw ValidationError("'\(seed)' is no http or https address; write it as https://example.org/")
        }
        guard perQuery >= 1 else { throw ValidationError("--per-query \(perQuery) is below 1") }
        guard concurrency >= 1, perHost >= 1 else {
            throw ValidationError("--concurrency and --per-host are at least 1")
        }
    }

    func run() async throws {
        if warc != nil { throw CommandError("'--warc' is not there yet in \(Version.text)") }
        let crawling = try crawling
        let queries = try list.load()
        let writer = try StoreWriter.open(store, configuration: binding(to: queries), list: queries)
        let report: CrawlReport
        do {
            report = try await crawl(crawling, writer, QueryBank(queries))
        } catch {
            // What was committed is sealed all the same; why the crawl failed matters more than a second failure.
            try? writer.close()
            throw error
        }
        try writer.close()
        try conclude(report)
    }

    private func crawl(
        _ crawling: CrawlConfiguration, _ writer: StoreWriter, _ bank: QueryBank
    ) async throws -> CrawlReport {
        let crawl = try Crawler.Crawl(crawling, storePath: store, store: writer, bank: bank)
        let interrupt = Interrupt(saying: "stopping: what is in flight is finished and stored") {
            crawl.stop()
        }
        let display = progress.display
        defer {
            display.finish()
            withExtendedLifetime(interrupt) {}
        }
        return try await crawl.run { display.update(line: Self.line($0), facts: $0) }
    }

    private func binding(to queries: QueryList) -> StoreConfiguration {
        var rules = CrawlConfiguration.ruleVersions
        rules["normaliser"] = TextNormaliser.version
        rules["priority"] = Priority.version
        return StoreConfiguration(
            listSHA256: queries.sha256, queryCount: queries.count, seed: seed, perQuery: perQuery,
            ruleVersions: rules)
    }

    private var crawling: CrawlConfiguration {
        get throws {
            var crawling = CrawlConfiguration(seeds: seeds, userAgent: userAgent)
            crawling.scope = scope
            limits.apply(to: &crawling)
            try choices.apply(to: &crawling)
            crawling.delay = .seconds(delay.seconds)
            (crawling.concurrency, crawling.perHost) = (concurrency, perHost)
            requests.apply(to: &crawling)
            crawling.allowAddress = allowAddress
            crawling.filters = filters.filters
            return crawling
        }
    }

    private static func line(_ now: CrawlProgress) -> String {
        let dropped = now.drops.values.reduce(0, +)
        let most = now.drops.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(2)
            .map { "\($0.key) \(Format.count($0.value))" }.joined(separator: ", ")
        let limits = now.limits.sorted { $0.key < $1.key }
            .map { "\($0.key) \(Int($0.value * 100))%" }.joined(separator: ", ")
        return "\(Format.duration(now.seconds))  pages \(Format.count(now.pagesDone)) "
            + "(\(Format.decimal(now.pagesPerSecond, 0))/s, \(Format.count(now.pagesQueued)) wait)  "
            + "pictures \(Format.count(now.images)) (\(Format.decimal(now.imagesPerSecond, 0))/s, "
            + "\(Format.count(now.imagesQueued)) wait)  kept \(Format.count(now.pairsKept))  "
            + "hosts \(now.activeHosts)/\(now.hosts)" + (limits.isEmpty ? "" : "  of the limit: \(limits)")
            + "  left out \(Format.count(dropped))" + (most.isEmpty ? "" : " (\(most))")
            + (now.isDraining ? "  ending" : "")
    }

    private func conclude(_ report: CrawlReport) throws {
        if json.isOn { return try JSONOutput.print(report) }
        let now = report.progress
        print(
            "\(Self.reason(report.end)): \(Format.count(now.pagesDone)) pages, \(Format.count(now.candidates)) "
                + "candidates, \(Format.count(now.images)) pictures fetched, \(Format.count(now.pairsKept)) pairs kept "
                + "(\(Format.count(now.pairsKeptNow)) by this run)")
        for (reason, count) in now.drops.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            print("  \(Format.column(reason, 26)) \(Format.count(count))")
        }
        if report.end != .exhausted { print("the same command goes on where this run ended") }
    }

    private static func reason(_ end: CrawlReport.End) -> String {
        switch end {
        case .exhausted: "nothing is left to do"
        case .maxPages: "--max-pages reached"
        case .maxPairs: "--max-pairs reached"
        case .maxDownload: "--max-download reached"
        case .duration: "the time is over"
        case .stopped: "stopped"
        }
    }
}
