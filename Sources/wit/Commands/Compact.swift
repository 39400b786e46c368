import ArgumentParser
import CommandKit
import Crawler
import PairStore

struct Compact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Rewrite shards without dead bytes, and forget everywhere what was removed.",
        discussion: """
            Safe to cut short and to repeat; a reader at work keeps the old shards until it ends. After 'wit remove'
            no file of the store holds a removed address, text or picture any more, crawl.sqlite included.
            """)

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    func run() throws {
        let display = progress.display
        let report = try StoreMaintenance.compact(
            store, scrubbing: { try FrontierScrub($0, $1).run() },
            progress: { now in
                let state = ByteProgress(bytes: now.bytes, totalBytes: now.totalBytes)
                display.update(line: state.line, facts: state)
            })
        display.finish()
        if json.isOn { return try JSONOutput.print(report) }
        print(
            "\(Format.bytes(report.bytesBefore)) in \(report.shardsBefore) shards are now "
                + "\(Format.bytes(report.bytesAfter)) in \(report.shardsAfter)")
        if report.candidates + report.crawlRows > 0 {
            print(
                "forgot \(Format.count(report.candidates)) lines of the candidate log and "
                    + "\(Format.count(report.crawlRows)) rows of crawl.sqlite")
        }
        if report.lostFiles > 0 {
            print(
                "deleted \(Format.count(report.lostFiles)) files in lost/, which may have held what was removed"
            )
        }
        if report.waiting > 0 {
            print("\(report.waiting) old shards wait for readers; the next compact takes them away")
        }
    }
}
