import ArgumentParser
import CommandKit
import PairStore

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every byte of a store and name every damaged pair.",
        discussion: """
            Exit status 1 when anything is wrong; each damaged pair is named with its reason.
            --repair saves the rest: damaged shards are rewritten with every whole picture, and a lost or damaged
            catalogue is made anew from the shards, for which the store's query list is needed. What is lost is named;
            it comes back when a crawl or an import offers the picture again.
            """)

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @Flag(help: "Save everything that is whole, and name what is not.") var repair = false
    @Flag(help: "Go on where an earlier verification was cut short.") var resume = false
    @OptionGroup var queries: QueryListOption
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    func validate() throws {
        if repair && resume { throw ValidationError("--repair reads everything; leave --resume out") }
    }

    func run() throws {
        let display = progress.display
        let show: @Sendable (VerifyProgress) -> Void = { now in
            let state = ByteProgress(bytes: now.bytes, totalBytes: now.totalBytes)
            display.update(line: state.line, facts: state)
        }
        defer { display.finish() }
        if repair {
            let report = try StoreRepairer.repair(store, list: queries.load, progress: show)
            display.finish()
            return try say(report)
        }
        let interrupt = Interrupt(saying: "finishing the shards at work")
        let report = try StoreVerifier(store).run(
            resuming: resume, shouldStop: { interrupt.requested }, progress: show)
        display.finish()
        if json.isOn { try JSONOutput.print(report) } else { say(report) }
        guard report.isComplete else {
            throw CommandError("cut short; go on with: wit verify \(store) --resume")
        }
        if !report.isClean { throw SilentFailure() }
    }

    private func say(_ report: RepairReport) throws {
        if json.isOn { return try JSONOutput.print(report) }
        for flaw in report.catalogue { print("flaw     catalogue: \(flaw)") }
        for name in report.unreadable { print("lost     \(name)") }
        for loss in report.lost { print("lost     \(loss.key)  \(loss.reason)  \(loss.url)") }
        if report.isUntouched { return print("nothing to repair") }
        if report.rebuilt { print("the catalogue was made anew from the shards") }
        print(
            "\(Format.count(report.shards)) shards rewritten, \(Format.count(report.remade)) samples made anew, "
                + "\(Format.count(report.lost.count + report.unreadable.count)) lost")
    }

    private func say(_ report: VerifyReport) {
        for damage in report.damaged { print("damaged  \(damage.key)  \(damage.reason)  \(damage.shard)") }
        for flaw in report.shards {
            print(
                "flaw     \(flaw.shard) at byte \(flaw.offset)  \(flaw.reason)  \(flaw.members.joined(separator: " "))"
            )
        }
        for line in report.catalogue { print("flaw     catalogue: \(line)") }
        print(
            "\(report.isClean ? "clean" : "not clean"): \(Format.count(report.pairs)) pairs, "
                + "\(Format.bytes(report.bytes)) read, \(Format.count(report.damaged.count)) damaged")
        if !report.isClean { print("save the rest with: wit verify \(store) --repair") }
    }
}
