import ArgumentParser
import CommandKit

/// A command whose name is settled and whose work is not there: it says so and fails.
protocol NotYetCommand: ParsableCommand {
    var words: [String] { get }
}

extension NotYetCommand {
    func run() throws {
        throw CommandError(
            "'wit \(Self.configuration.commandName ?? "")' is not there yet in \(Version.text)")
    }
}

private func notYet(_ name: String, _ abstract: String) -> CommandConfiguration {
    CommandConfiguration(commandName: name, abstract: abstract + " (not yet)")
}

struct Embed: NotYetCommand {
    static let configuration = notYet("embed", "Write features of pictures and texts")
    @Argument(parsing: .captureForPassthrough) var words: [String] = []
}

struct Evaluate: NotYetCommand {
    static let configuration = notYet("eval", "Evaluate a model: zeroshot, probe, retrieval, overlap")
    @Argument(parsing: .captureForPassthrough) var words: [String] = []
}

struct Tune: NotYetCommand {
    static let configuration = notYet("tune", "Search for hyperparameters")
    @Argument(parsing: .captureForPassthrough) var words: [String] = []
}
