import ArgumentParser
import PairStore

struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take pairs out of a store for good, and keep them out.",
        discussion: """
            A pair goes with everything that shows the same picture with the same text; a later crawl does not bring
            it back. URLs and texts leave the catalogue at once, pictures and all else at the next 'wit compact'.
            crawl.sqlite, the crawl's own log, still names what was asked for: delete it when no crawl is to go on.
              wit remove pairs --url https://example.org/a.jpg --host photos.example.org
              wit compact pairs
            """)

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @Option(help: "An image URL.") var url: [String] = []
    @Option(help: "A host that serves pictures.") var host: [String] = []
    @Option(help: "A page that offered pairs.") var page: [String] = []
    @Option(help: "A text.") var text: [String] = []
    @Option(help: "The SHA-256 of a picture.") var sha256: [String] = []
    @Option(help: "A pair's key.") var key: [String] = []
    @OptionGroup var json: JSONOption

    func validate() throws {
        guard !named.allSatisfy(\.values.isEmpty) else {
            throw ValidationError("say what to remove: --url, --host, --page, --text, --sha256 or --key")
        }
    }

    private var named: [(kind: Removal.Kind, values: [String])] {
        [(.url, url), (.host, host), (.page, page), (.text, text), (.sha256, sha256), (.key, key)]
    }

    func run() throws {
        let removals = try named.flatMap { kind, values in try values.map { try Removal(kind, $0) } }
        let report = try StoreMaintenance.remove(store, removals)
        if json.isOn { return try JSONOutput.print(report) }
        print(
            "removed \(Format.count(report.pairs)) live pairs, \(Format.count(report.dead)) that were out already"
        )
        print("their bytes go with: wit compact \(store)")
    }
}
