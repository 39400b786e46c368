/// What an import reads.
public enum ImportInputs: Sendable {
    /// URL lists: files, or `-` for standard input.
    case lists([String], ListOptions)
    /// WebDataset shards: tar files, and which fields of their JSON are kept with a pair, as `ListOptions.keptColumns`.
    case shards([String], keptFields: [String] = [])
    /// Web archives (WARC, and Common Crawl's WAT): files, or `-` for standard input.
    case archives([String])

    /// The files, in the order of reading.
    var paths: [String] {
        switch self {
        case .lists(let paths, _), .shards(let paths, _), .archives(let paths): paths
        }
    }

    var mayBringPictures: Bool {
        switch self {
        case .lists: false
        case .shards, .archives: true
        }
    }

    /// Says what is wrong before anything is begun: of every file its name and rights, of the first also what it holds.
    func check() throws {
        for path in paths { try InputFile.check(path) }
        switch self {
        case .lists(let paths, let options):
            for path in paths { _ = try options.format(of: path) }
            if let first = paths.first, first != "-" { _ = try URLList(first, options) }
        case .shards(let paths, _):
            if let first = paths.first { _ = try ShardSamples(first, from: 0) }
        case .archives: break
        }
    }

    func feed(_ context: CrawlContext, marks: [String: InputMark]) -> any CandidateFeed {
        switch self {
        case .lists(let paths, let options): ListFeed(paths, options, context, marks: marks)
        case .shards(let paths, let kept): ShardFeed(paths, keeping: kept, context, marks: marks)
        case .archives(let paths): ArchiveFeed(paths, context, marks: marks)
        }
    }
}
