import ArgumentParser
import PairStore

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every byte of a store and name every damaged pair.",
        discussion: "Exit status 1 when anything is wrong; each damaged pair is named with its reason.")

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @Flag(help: .hidden) var repair = false
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    func run() throws {
        if repair { throw CommandError("'wit verify --repair' is not there yet in \(Version.text)") }
        let display = progress.display
        let report = try StoreVerifier.verify(store) { now in
            let state = ByteProgress(bytes: now.bytes, totalBytes: now.totalBytes)
            display.update(line: state.line, facts: state)
        }
        display.finish()
        if json.isOn { try JSONOutput.print(report) } else { say(report) }
        if !report.isClean { throw SilentFailure() }
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
    }
}
