import ArgumentParser
import CommandKit
import PairStore

struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Unite stores into one, as if one had been offered everything.",
        discussion: """
            Exact, in any order and any number of steps; a pair removed from one store is out of the union. The stores
            must have the same query list, seed, cap and rules. Cut short by Ctrl-C or a crash, it goes on when run
            again.
              wit merge part-0 part-1 part-2 --into pairs
            """)

    @Argument(help: ArgumentHelp("The stores to unite; they are only read.", valueName: "dir"))
    var sources: [String]
    @Option(
        help: ArgumentHelp("The store that takes them in; new, or with pairs of its own.", valueName: "dir"))
    var into: String
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    func run() throws {
        let display = progress.display
        let interrupt = Interrupt(saying: "finishing the commit at work")
        let report = try StoreMerger.merge(
            sources, into: into,
            progress: { now in
                let state = PairProgress(pairs: now.pairs, totalPairs: now.totalPairs, bytes: now.bytes)
                display.update(line: state.line, facts: state)
            }, shouldStop: { interrupt.requested })
        display.finish()
        if json.isOn {
            try JSONOutput.print(report)
        } else {
            print(
                "\(Format.count(report.pairs)) pairs offered, \(Format.count(report.kept)) taken in "
                    + "(\(Format.bytes(report.bytes))): wit info \(into)")
        }
        guard report.isComplete else {
            throw CommandError("cut short; run the same command again to go on")
        }
    }
}
