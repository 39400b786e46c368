import ArgumentParser
import CommandKit
import Crawler

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
    @OptionGroup var target: TargetStoreOptions
    @Option(help: "Which pages to follow links to; pictures may come from anywhere.")
    var scope = CrawlScope.host
    @Option(
        help: ArgumentHelp(
            "Write every exchange with a server to WARC files in this folder, made if it is not there.",
            valueName: "dir"))
    var warc: String?
    @OptionGroup(title: "Manners") var manners: MannersOptions
    @OptionGroup(title: "Requests") var requests: CrawlRequestOptions
    @OptionGroup(title: "Limits") var limits: CrawlLimitOptions
    @OptionGroup(title: "Choices") var choices: CrawlChoiceOptions
    @OptionGroup(title: "Choices") var leaveOut: LeaveOutOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    func validate() throws {
        for seed in seeds where WebURL(seed) == nil {
            throw ValidationError("'\(seed)' is no http or https address; write it as https://example.org/")
        }
    }

    func run() async throws {
        let crawling = try crawling
        let report = try await target.withStore { store, bank in
            let crawl = try Crawler.Crawl(crawling, storePath: target.store, store: store, bank: bank)
            return try await CrawlRun.run(crawl, progress, line: Self.line)
        }
        try CrawlRun.conclude(report, json, done: "\(Format.count(report.progress.pagesDone)) pages")
    }

    private var crawling: CrawlConfiguration {
        get throws {
            var crawling = CrawlConfiguration(seeds: seeds, userAgent: manners.userAgent)
            crawling.scope = scope
            crawling.archiveFolder = warc
            manners.apply(to: &crawling)
            limits.apply(to: &crawling)
            choices.apply(to: &crawling)
            try leaveOut.apply(to: &crawling)
            requests.apply(to: &crawling)
            crawling.filters = filters.filters
            return crawling
        }
    }

    private static func line(_ now: CrawlProgress) -> String {
        "\(Format.duration(now.seconds))  pages \(Format.count(now.pagesDone)) "
            + "(\(Format.decimal(now.pagesPerSecond, 0))/s, \(Format.count(now.pagesQueued)) wait)  "
            + CrawlRun.pictures(now) + "  " + CrawlRun.rest(now)
    }
}
