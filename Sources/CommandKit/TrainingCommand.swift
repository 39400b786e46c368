package import ArgumentParser
import Foundation

/// A command that `wit-train` carries out, the program that alone links LibTorch: loading that takes half a second and
/// 180 MB, too much for commands that only look at a store.
package enum TrainingCommand: String, CaseIterable {
    case train
    case report

    /// The name of the program's file, beside that of `wit`.
    private static let program = "wit-train"

    /// What help says of it.
    package func configuration(discussion: String = "") -> CommandConfiguration {
        CommandConfiguration(commandName: rawValue, abstract: abstract, discussion: discussion)
    }

    private var abstract: String {
        switch self {
        case .train: "Train a CLIP model on a store or on WebDataset shards."
        case .report:
            "Write a page that shows a store: numbers, pairs with their queries, and how training went."
        }
    }

    /// Becomes `wit-train` where the words are for it (`train …` or `help train`); throws where it cannot be started.
    package static func becomeProgram(for words: [String]) throws {
        guard let words = meant(by: words) else { return }
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let path = folder.appendingPathComponent(program).path
        execv(path, ([path] + words).map { strdup($0) } + [nil])
        throw CommandError(
            "cannot start \(path): \(String(cString: strerror(errno))); build or install it beside 'wit'")
    }

    private static func meant(by words: [String]) -> [String]? {
        guard let first = words.first else { return nil }
        if TrainingCommand(rawValue: first) != nil { return words }
        guard first == "help", words.count == 2, TrainingCommand(rawValue: words[1]) != nil else {
            return nil
        }
        return [words[1], "--help"]
    }
}
