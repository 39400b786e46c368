package import ArgumentParser
import Foundation

/// What the process ends with: 0 done, 1 failed, 2 wrong usage.
package enum ExitStatus {
    package static let success: Int32 = 0
    package static let failure: Int32 = 1
    package static let usage: Int32 = 2

    /// Runs the command below `root` that the words name and gives the process's exit status.
    package static func run(_ root: any ParsableCommand.Type, _ words: [String]) async -> Int32 {
        do {
            var command = try root.parseAsRoot(words)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return success
        } catch {
            return report(error, of: root, words: words)
        }
    }

    /// Prints what a thrown error has to say, one line where it is an error, and gives the exit status.
    private static func report(_ error: any Error, of root: any ParsableCommand.Type, words: [String])
        -> Int32
    {
        switch root.exitCode(for: error) {
        case .success:  // --help and --version travel as errors
            print(root.fullMessage(for: error))
            return success
        case .validationFailure:
            complain(firstLine(root.message(for: error)) + hint(for: words, root))
            return usage
        default: return report(error)
        }
    }

    /// Prints what an error of the work has to say and gives the exit status.
    package static func report(_ error: any Error) -> Int32 {
        if !(error is SilentFailure) { complain(firstLine(text(of: error))) }
        return failure
    }

    /// Writes one line on standard error, marked as this program's.
    package static func complain(_ line: String) {
        Terminal.clearProgress()
        FileHandle.standardError.write(Data("wit: error: \(line)\n".utf8))
    }

    /// Foundation's errors describe themselves best through `localizedDescription`; ours through `description`.
    private static func text(of error: any Error) -> String {
        if type(of: error) is NSError.Type || error is CocoaError || error is POSIXError {
            return error.localizedDescription
        }
        return String(describing: error)
    }

    private static func firstLine(_ text: String) -> String {
        text.split(separator: "\n").joined(separator: " ")
    }

    private static func hint(for words: [String], _ root: any ParsableCommand.Type) -> String {
        let names = root.configuration.subcommands.compactMap { $0.configuration.commandName }
        guard let command = words.first, names.contains(command) else { return " (see 'wit --help')" }
        return " (see 'wit \(command) --help')"
    }
}

/// Ends the process with status 1 after the command has said all there is to say.
package struct SilentFailure: Error {
    package init() {}
}

/// A failure that the command line itself found.
package struct CommandError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
