import ArgumentParser
import CommandKit
import PairStore
import QueryBank

struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Say on one screen what a store holds.",
        discussion: """
            Numbers that the store keeps as it grows, so it takes an instant on millions of pairs.
              wit info pairs
              wit info pairs --svg curve.svg      # pairs against the rank of their query, as a picture
            """)

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @Option(help: ArgumentHelp("Draw pairs against the rank of their query here.", valueName: "file"))
    var svg: String?
    @OptionGroup var json: JSONOption

    /// The store's own facts, and how its pairs spread over queries.
    private struct Facts: Encodable {
        let info: StoreInfo
        let distribution: QueryDistribution.Summary

        private enum CodingKeys: String, CodingKey { case distribution }

        func encode(to encoder: any Encoder) throws {
            try info.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(distribution, forKey: .distribution)
        }
    }

    func run() throws {
        let reader = try StoreReader.open(store)
        let info = try reader.info()
        let distribution = try reader.distribution()
        if let svg { try OutputFile.write(distribution.svg(title: "Pairs a query in \(store)"), to: svg) }
        if json.isOn {
            return try JSONOutput.print(Facts(info: info, distribution: distribution.summary))
        }
        InfoScreen(info, distribution.summary).lines.forEach { print($0) }
    }
}
