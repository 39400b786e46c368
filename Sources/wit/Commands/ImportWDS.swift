import ArgumentParser
import CommandKit
import Crawler

struct ImportWDS: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wds",
        abstract: "Take the samples of WebDataset shards into a store of balanced image-text pairs.",
        discussion: """
            Each sample has a picture (jpg, png, webp or gif), a text (txt, or caption in its json), and in json, where there
            is one, url, page_url, licence and language. A picture without url is named by its SHA-256 (RFC 6920). Texts are
            matched and balanced as a crawl's are; nothing is asked of the network.
            Ctrl-C stops cleanly, and a kill loses nothing that was reported: the same command goes on.
              wit import wds cc12m-*.tar --store pairs
            """)

    @Argument(help: ArgumentHelp("The shards.", valueName: "file.tar"))
    var files: [String]
    @OptionGroup var target: TargetStoreOptions
    @OptionGroup var part: PartitionOption
    @Option(
        help: ArgumentHelp(
            "A field of the samples' json to keep with each pair; several may be named, or 'all'.",
            valueName: "field"))
    var keepColumn: [String] = []
    @OptionGroup(title: "Limits") var limits: RunLimitOptions
    @OptionGroup(title: "Choices") var leaveOut: LeaveOutOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup(title: "Pictures") var pictures: PictureOptions
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    func run() async throws {
        var importing = CrawlConfiguration(seeds: [], userAgent: "wit")
        importing.isOffline = true
        importing.partition = part.partition
        pictures.apply(to: &importing)
        limits.apply(to: &importing)
        try leaveOut.apply(to: &importing)
        importing.filters = filters.filters
        try await CrawlRun.importing(
            .shards(files, keptFields: keepColumn), importing, target, progress, json, unit: "samples")
    }
}
