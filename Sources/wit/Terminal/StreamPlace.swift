import CommandKit
import Foundation
import Loader

/// The file that says how far a stream has come.
struct StreamPlace {
    let path: String

    /// The place that was written down last; `nil` where the file is not there yet.
    func read() throws -> LoaderState? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(
                LoaderState.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw CommandError(
                "\(path) does not say where a stream was; remove it to stream from the beginning")
        }
    }

    /// Writes a place down, whole or not at all.
    func write(_ state: LoaderState) throws { try OutputFile.write(JSONOutput.line(state) + "\n", to: path) }
}
