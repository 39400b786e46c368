internal import Foundation

/// A running program whose output is read; it ends with its owner.
final class Program {
    private let process = Process()
    private let errors = Pipe()
    private let out = Pipe()
    /// Its standard output.
    let output: any ByteSource

    init(_ path: String, _ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = out
        process.standardError = errors
        output = FileBytes(descriptor: out.fileHandleForReading.fileDescriptor, name: path)
        do {
            try process.run()
        } catch {
            throw CrawlerError(.input, path, "cannot be run (\(error.localizedDescription))".oneLine)
        }
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// What it complained of, once its output has ended; nil when it succeeded.
    func complaint() -> String? {
        let said = (try? errors.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus != 0 else { return nil }
        let text = String(decoding: said, as: UTF8.self).oneLine
        return text.isEmpty ? "exit status \(process.terminationStatus)" : text
    }

    /// Where a program lies that PATH leads to.
    static func find(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile(atPath:))
    }
}
