import ArgumentParser
import CommandKit
import PairStore

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
    @OptionGroup var which: PairFilterOption
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
        let filter = try which.filter(reader)
        var (left, last) = (limit == 0 ? Int.max : limit, after)
        while left > 0 {
            let page = try reader.pairs(filter, after: last, limit: min(left, Self.pageSize))
            for pair in page { try show(pair) }
            guard let end = page.last, page.count == min(left, Self.pageSize) else { return }
            (left, last) = (left - page.count, end.id)
        }
    }

    private func show(_ pair: PairRecord) throws {
        if json.isOn { return try JSONOutput.print(pair) }
        let id = Format.column(String(pair.id), 7)
        let size = Format.column("\(pair.width)×\(pair.height) \(pair.format)", 15)
        StandardOutput.write("\(id) \(pair.key)  \(size)  \(Format.oneLine(pair.text))\n")
    }
}
