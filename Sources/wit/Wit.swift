import ArgumentParser
import CommandKit
import Foundation

/// The root command: names the tool's verbs and holds no work of its own.
struct Wit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wit",
        abstract: "Build a web image-text data set, look into it, stream it, train CLIP on it.",
        discussion: """
            A first run, from nothing to a model:
              wit crawl https://example.org/ --store pairs --max-pages 500
              wit info pairs
              wit ls pairs --limit 5
              wit stream pairs --discard
              wit train pairs --model wit-tiny

            Facts go to standard output, with --json as JSON; progress and errors go to standard error.
            Exit status: 0 done, 1 failed (damage found by verify included), 2 wrong usage.
            """,
        version: Version.text,
        subcommands: [
            Queries.self, Crawl.self, Import.self, Info.self, List.self, Show.self, Shards.self, Verify.self,
            Remove.self, Compact.self, Merge.self, BalanceCommand.self, Rebalance.self, Export.self,
            Stream.self, Train.self, TokenizerCommand.self, Embed.self, Evaluate.self, Tune.self, Report.self,
        ])
}

@main
enum Main {
    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        do { try TrainingCommand.becomeProgram(for: words) } catch { exit(ExitStatus.report(error)) }
        exit(await ExitStatus.run(Wit.self, words))
    }
}
