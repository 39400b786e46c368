import ArgumentParser
import CommandKit
import Foundation
import PairStore
import QueryBank

struct BalanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balance",
        abstract: "View a store under a smaller cap, or without near duplicates.",
        discussion: """
            A smaller cap is the first claims of every query, so it needs no second crawl: the view is exactly the set \
            that a crawl with that cap would have ended with. Nothing on disk changes; stream and train \
            take the same options, and --keys lists the pairs for other tools.
              wit balance pairs --per-query 1000
              wit balance pairs --per-query 1000 --svg curve.svg --keys keys.txt
              wit stream pairs --per-query 1000 --discard
            """)

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @OptionGroup var view: ViewOptions
    @Option(help: ArgumentHelp("Write the keys of the view's pairs here, one a line.", valueName: "file"))
    var keys: String?
    @Option(help: ArgumentHelp("Draw pairs against the rank of their query here.", valueName: "file"))
    var svg: String?
    @OptionGroup var json: JSONOption

    private struct Facts: Encodable {
        let perQuery: Int
        let pairs: Int
        let bytes: Int64
        let beyondCap: Int
        let duplicates: Int
        let distribution: QueryDistribution.Summary

        enum CodingKeys: String, CodingKey {
            case pairs, bytes, duplicates, distribution
            case perQuery = "per_query"
            case beyondCap = "beyond_cap"
        }
    }

    func run() throws {
        let reader = try StoreReader.open(store)
        let summary = try reader.summary(of: view.view)
        let distribution = summary.distribution
        if let svg { try OutputFile.write(distribution.svg(title: "Pairs a query in \(store)"), to: svg) }
        if let keys { try write(reader.snapshot(view: view.view), to: keys) }
        if json.isOn {
            return try JSONOutput.print(
                Facts(
                    perQuery: distribution.summary.perQuery, pairs: summary.pairs, bytes: summary.bytes,
                    beyondCap: summary.beyondCap, duplicates: summary.duplicates,
                    distribution: distribution.summary))
        }
        let left =
            "\(Format.count(summary.beyondCap)) beyond the cap, \(Format.count(summary.duplicates)) near duplicates"
        print(
            DistributionLines.fact(
                "view",
                "\(Format.count(summary.pairs)) pairs, \(Format.bytes(summary.bytes)); left out: \(left)"))
        DistributionLines.lines(distribution.summary).forEach { print($0) }
    }

    private func write(_ snapshot: StoreSnapshot, to path: String) throws {
        let text = snapshot.shards.flatMap(\.samples).map { "\($0.key)\n" }.joined()
        try OutputFile.write(text, to: path)
    }
}
