import ArgumentParser
import CommandKit
import Crawler

struct ImportWARC: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warc",
        abstract: "Read pages and pictures of web archives into a store of balanced image-text pairs.",
        discussion: """
            Reads WARC 1.0 and 1.1 (ISO 28500) and ARC, plain, gzip or Zstandard, and Common Crawl's WAT. Pages are read as wit
            crawl reads them; pictures that the files hold are used without the web, others are asked for as wit crawl asks, with
            robots.txt, opt-outs and delays, unless --offline. Damaged records are counted and passed over.
            Ctrl-C stops cleanly, and a kill loses nothing that was reported: the same command goes on.
              wit import warc site.warc.gz --store pairs --offline
              curl -s URL | wit import warc - --store pairs --user-agent 'me/1.0 (+https://example.org/about)'
            """)

    @Argument(help: ArgumentHelp("The archives; - is standard input.", valueName: "file"))
    var files: [String]
    @OptionGroup var target: TargetStoreOptions
    @Flag(help: "Ask nothing of the web: pictures that no file holds stay queued for a later run.")
    var offline = false
    @OptionGroup(title: "Fetching") var fetching: ImportFetchingOptions
    @OptionGroup(title: "Choices") var leaveOut: LeaveOutOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup(title: "Pictures") var pictures: PictureOptions
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    func run() async throws {
        var importing = try fetching.configuration(leaveOut, filters)
        importing.isOffline = offline
        pictures.apply(to: &importing)
        try await CrawlRun.importing(.archives(files), importing, target, progress, json, unit: "records")
    }
}
