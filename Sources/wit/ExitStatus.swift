import ArgumentParser
import Foundation

/// What the process ends with: 0 done, 1 failed, 2 wrong usage.
enum ExitStatus {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    static let usage: Int32 = 2

    /// Prints what a thrown error has to say, one line where it is an error, and gives the exit status.
    static func report(_ error: any Error, words: [String]) -> Int32 {
        let parserCode = Wit.exitCode(for: error)
        if parserCode == .success {  // --help and --version travel as errors
            print(Wit.fullMessage(for: error))
            return success
        }
        if error is SilentFailure { return failure }
        if parserCode == .validationFailure {
            complain(firstLine(Wit.message(for: error)) + hint(for: words))
            return usage
        }
        complain(firstLine(text(of: error)))
        return failure
    }

    /// Writes one line on standard error, marked as this program's.
    static func complain(_ line: String) {
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

    private static func hint(for words: [String]) -> String {
        let names = Wit.configuration.subcommands.compactMap { $0.configuration.commandName }
        guard let command = words.first, names.contains(command) else { return " (see 'wit --help')" }
        return " (see 'wit \(command) --help')"
    }
}

/// Ends the process with status 1 after the command has said all there is to say.
struct SilentFailure: Error {}

/// A failure that the command line itself found.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
