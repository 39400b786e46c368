import ArgumentParser
import CommandKit
import Foundation

/// The part of `wit` that computes with tensors; it speaks as `wit` does, which starts it.
struct WitTrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wit", abstract: "Train CLIP on a store, and show how it went.", version: Version.text,
        subcommands: [Train.self, Report.self])
}

@main
enum Main {
    static func main() async {
        exit(await ExitStatus.run(WitTrain.self, Array(CommandLine.arguments.dropFirst())))
    }
}
