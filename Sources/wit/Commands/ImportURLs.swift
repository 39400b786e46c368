import ArgumentParser
import CommandKit
import Crawler

struct ImportURLs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "urls",
        abstract: "Fetch the pictures of URL lists into a store of balanced image-text pairs.",
        discussion: """
            Lists are CSV, TSV, JSON lines (each with gzip, Zstandard or neither) or Parquet (through DuckDB's command line). A row's
            texts are matched and balanced before its picture is asked for, and pictures are asked for as wit crawl does:
            robots.txt, opt-outs, delays, retries, log. Licence, language and page columns are kept; others with
            --keep-column.
            Ctrl-C stops cleanly, and a kill loses nothing that was reported: the same command goes on.
              wit import urls cc12m.tsv --store pairs --user-agent 'me/1.0 (+https://example.org/about)'
              wit import urls laion-*.parquet --store pairs-3 --partition 3/8 ...
              wit import urls cc12m.tsv --store small --resize keep_ratio --image-size 256 ...
            """)

    @Argument(help: ArgumentHelp("The lists; - is standard input.", valueName: "file"))
    var files: [String] = []
    @OptionGroup var target: TargetStoreOptions
    @OptionGroup(title: "Lists") var lists: ListReadingOptions
    @Flag(
        help: "Ask once more for pictures that failed, in this store's earlier runs, in ways that may heal.")
    var retryFailed = false
    @OptionGroup(title: "Fetching") var fetching: ImportFetchingOptions
    @OptionGroup(title: "Choices") var leaveOut: LeaveOutOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup(title: "Pictures") var pictures: PictureOptions
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    func validate() throws {
        if files.isEmpty, !retryFailed {
            throw ValidationError("name at least one list, or --retry-failed to ask for what failed alone")
        }
    }

    func run() async throws {
        var importing = try fetching.configuration(leaveOut, filters)
        importing.retriesFailed = retryFailed
        pictures.apply(to: &importing)
        try await CrawlRun.importing(
            .lists(files, lists.options), importing, target, progress, json, unit: "rows")
    }
}

/// Which part of an import a run takes.
struct PartitionOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take part i of n, by the pictures' hosts; wit merge unites the parts' stores.",
            valueName: "i/n"))
    var partition: Partition?
}

/// How an import asks for pictures, which of them, and when it ends by itself.
struct ImportFetchingOptions: ParsableArguments {
    @OptionGroup var part: PartitionOption
    @OptionGroup var manners: MannersOptions
    @OptionGroup var requests: CrawlRequestOptions
    @OptionGroup var limits: RunLimitOptions

    func configuration(_ leaveOut: LeaveOutOptions, _ filters: FilterOptions) throws -> CrawlConfiguration {
        var importing = CrawlConfiguration(seeds: [], userAgent: manners.userAgent)
        importing.partition = part.partition
        importing.readsSitemaps = false
        manners.apply(to: &importing)
        limits.apply(to: &importing)
        try leaveOut.apply(to: &importing)
        requests.apply(to: &importing)
        importing.filters = filters.filters
        return importing
    }
}

/// How URL lists are read.
struct ListReadingOptions: ParsableArguments {
    @Option(help: "csv, tsv, jsonl or parquet; default: what the file's name says.")
    var format: ListFormat?
    @Option(
        help: ArgumentHelp(
            "The column of picture addresses: its name, or its number from 1. Default: url, image_url, …",
            valueName: "column"))
    var urlColumn: String?
    @Option(
        help: ArgumentHelp(
            "A column of texts; several are tried in this order. Default: caption, text, alt, title, …",
            valueName: "column"))
    var textColumn: [String] = []
    @Option(
        help: ArgumentHelp(
            "The column of page addresses. Default: page_url, source_url, … if there is one.",
            valueName: "column"))
    var pageColumn: String?
    @Option(
        help: ArgumentHelp(
            "A column to keep with each pair, by name or number; several may be named, or 'all'.",
            valueName: "column"))
    var keepColumn: [String] = []
    @Option(
        help: ArgumentHelp(
            "DuckDB's command line, for Parquet. Default: the duckdb on PATH.", valueName: "program"))
    var duckdb: String?

    var options: ListOptions {
        var options = ListOptions()
        options.format = format
        (options.urlColumn, options.textColumns, options.pageColumn) = (urlColumn, textColumn, pageColumn)
        options.keptColumns = keepColumn
        options.duckdb = duckdb
        return options
    }
}
