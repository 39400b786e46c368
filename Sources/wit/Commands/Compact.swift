import ArgumentParser
import PairStore

struct Compact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Rewrite shards without dead bytes.",
        discussion: "Safe to cut short and to repeat; a reader at work keeps the old shards until it ends.")

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    private struct State: Encodable {
        let bytes: Int64
        let totalBytes: Int64

        enum CodingKeys: String, CodingKey {
            case bytes
            case totalBytes = "total_bytes"
        }
    }

    func run() throws {
        let display = progress.display
        let report = try StoreMaintenance.compact(store) { now in
            let bar = ProgressBar.text(done: Double(now.bytes), of: Double(now.totalBytes))
            display.update(
                line: "\(bar) \(Format.bytes(now.bytes)) of \(Format.bytes(now.totalBytes))",
                facts: State(bytes: now.bytes, totalBytes: now.totalBytes))
        }
        display.finish()
        if json.isOn { return try JSONOutput.print(report) }
        print(
            "\(Format.bytes(report.bytesBefore)) in \(report.shardsBefore) shards are now "
                + "\(Format.bytes(report.bytesAfter)) in \(report.shardsAfter)")
        if report.waiting > 0 {
            print("\(report.waiting) old shards wait for readers; the next compact takes them away")
        }
    }
}
