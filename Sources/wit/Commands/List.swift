import ArgumentParser
import PairStore
import QueryBank

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List pairs of a store.",
        discussion: """
            Ascending by id; give the last id of a page to --after for the next page.
              wit ls pairs --query 'red fox' --limit 5
              wit ls pairs --text 'snow mountain' --json
              wit ls pairs --text '"red fox" cub*'
            --text is a full-text search, in any letter case and without accents; the first makes the index.
            """)

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @Option(help: "Only pairs whose text contains this query.") var query: String?
    @Flag(help: "With --query: only pairs that the query claims.") var claims = false
    @Option(help: "Only pictures from this host.") var host: String?
    @Option(
        help: ArgumentHelp(
            "Only texts with all of these words, \"phrases\" and beginnings*.", valueName: "words"))
    var text: String?
    @Option(help: "The most pairs to list; 0 lists all.") var limit = 20
    @Option(help: ArgumentHelp("Only pairs after this id.", valueName: "id")) var after: Int64 = 0
    @OptionGroup var json: JSONOption

    /// Pairs read from the catalogue at once.
    private static let pageSize = 1000

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit \(limit) is negative") }
    }

    func run() throws {
        let reader = try StoreReader.open(store)
        let filter = try filter(reader)
        var (left, last) = (limit == 0 ? Int.max : limit, after)
        while left > 0 {
            let page = try reader.pairs(filter, after: last, limit: min(left, Self.pageSize))
            for pair in page { try show(pair) }
            guard let end = page.last, page.count == min(left, Self.pageSize) else { return }
            (left, last) = (left - page.count, end.id)
        }
    }

    private func filter(_ reader: StoreReader) throws -> PairFilter {
        var filter = PairFilter(onlyClaims: claims, host: host, search: text)
        if let query {
            let normalised = TextNormaliser().normalise(query)
            guard let id = try reader.queryID(normalised) else {
                throw CommandError("no pair of \(store) matches the query '\(query)'")
            }
            filter.query = id
        }
        return filter
    }

    private func show(_ pair: PairRecord) throws {
        if json.isOn { return try JSONOutput.print(pair) }
        let id = Format.column(String(pair.id), 7)
        let size = Format.column("\(pair.width)×\(pair.height) \(pair.format)", 15)
        StandardOutput.write("\(id) \(pair.key)  \(size)  \(Format.oneLine(pair.text))\n")
    }
}
