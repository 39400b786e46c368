import Foundation

/// Files that a command writes beside its facts.
package enum OutputFile {
    /// Writes a text whole or not at all.
    package static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandError("cannot write \(path): \(error.localizedDescription)")
        }
    }
}
