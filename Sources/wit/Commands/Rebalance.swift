import ArgumentParser
import CommandKit
import Crawler
import PairStore

struct Rebalance: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebalance",
        abstract: "Answer for another cap, seed or list, fetching only what is missing.",
        discussion: """
            Makes a new store from the pictures and the candidate log of another. Pictures that the new rules want and
            that were never fetched are queued in the new store: the next crawl of it fetches them. For a smaller cap alone,
            a view needs no new store: wit balance.
              wit rebalance pairs --into pairs-50k --per-query 50000
              wit crawl https://example.org/ --store pairs-50k --per-query 50000
            """)

    @Argument(help: ArgumentHelp("The store to take from; it is only read.", valueName: "dir")) var store:
        String
    @Option(help: ArgumentHelp("The store to make.", valueName: "dir")) var into: String
    @Option(help: "Pairs that a query may claim.") var perQuery: Int?
    @Option(help: "The seed of the priorities.") var seed: UInt64?
    @Option(help: ArgumentHelp("Another query list.", valueName: "file")) var queries: String?
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    func validate() throws {
        guard perQuery != nil || seed != nil || queries != nil else {
            throw ValidationError("say what is to change: --per-query, --seed or --queries")
        }
    }

    func run() throws {
        var list = QueryListOption()
        list.queries = queries
        let display = progress.display
        let interrupt = Interrupt(saying: "finishing the commit at work")
        let queue = ImageQueue(into + "/crawl.sqlite")
        var queued = 0
        let report = try StoreRebalancer.rebalance(
            store, into: into, perQuery: perQuery, seed: seed, list: queries == nil ? nil : list.load(),
            progress: { now in
                let state = PairProgress(pairs: now.pairs, totalPairs: now.totalPairs, bytes: now.bytes)
                display.update(line: state.line, facts: state)
            }, shouldStop: { interrupt.requested }, wanted: { queued += try queue.add($0) })
        display.finish()
        if json.isOn {
            try JSONOutput.print(report)
        } else {
            print(
                "\(Format.count(report.offered)) pictures offered from the store, "
                    + "\(Format.count(report.candidates)) candidates from its log")
            print(
                report.wanted == 0
                    ? "nothing must be fetched: the set is whole"
                    : "\(Format.count(report.wanted)) must be fetched, \(Format.count(queued)) newly queued "
                        + "for the next crawl of \(into)")
        }
        guard report.isComplete else { throw CommandError("cut short; run the same command again to go on") }
    }
}
