import Foundation
import Synchronization

/// Runs a program as a person's shell would and keeps all that it said.
struct Outcome {
    /// The exit status; 128 plus the signal for a killed process, as shells report it.
    let status: Int32
    let output: String
    let errors: String

    /// The lines of standard error that report an error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
}

enum Program {
    /// The `wit` under test: `WIT_BINARY`, else the one built beside this test bundle.
    static let wit: String = {
        if let path = ProcessInfo.processInfo.environment["WIT_BINARY"] { return path }
        let bundle = CommandLine.arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("wit").path
    }()

    /// The root of the repository, two folders above this file's.
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The scratch Python with today's tools, where `scripts/test` has made one.
    static let python = ProcessInfo.processInfo.environment["WIT_TEST_PYTHON"]

    /// Runs `wit` to its end, or kills it with SIGKILL after a while.
    static func wit(_ arguments: [String], input: String = "", killAfter: Duration? = nil) async throws
        -> Outcome
    {
        try await run(wit, arguments, input: input, killAfter: killAfter)
    }

    /// Runs any program to its end, or kills it with SIGKILL after a while.
    static func run(
        _ path: String, _ arguments: [String], input: String = "", killAfter: Duration? = nil
    ) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let (input, output, errors) = (Pipe.filled(input), Collector(), Collector())
        process.standardInput = input
        process.standardOutput = output.pipe
        process.standardError = errors.pipe
        let ended = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in ended.continuation.finish() }
        try process.run()
        let killer = killAfter.map { delay in
            Task { [pid = process.processIdentifier] in
                try await Task.sleep(for: delay)
                kill(pid, SIGKILL)
            }
        }
        for await _ in ended.stream {}
        killer?.cancel()
        let signalled = process.terminationReason == .uncaughtSignal
        return Outcome(
            status: process.terminationStatus + (signalled ? 128 : 0), output: output.text(),
            errors: errors.text())
    }
}

/// Reads a pipe to its end on a thread of its own, so that a child never blocks on a full pipe.
private final class Collector: Sendable {
    let pipe = Pipe()
    private let data = Mutex(Data())
    private let done = DispatchSemaphore(value: 0)

    init() {
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread { [self] in
            let bytes = handle.readDataToEndOfFile()
            data.withLock { $0 = bytes }
            done.signal()
        }
    }

    /// All that came, once the child has ended.
    func text() -> String {
        done.wait()
        done.signal()
        return data.withLock { String(decoding: $0, as: UTF8.self) }
    }
}

extension Pipe {
    /// A pipe that holds a short text and then its end.
    fileprivate static func filled(_ text: String) -> Pipe {
        let pipe = Pipe()
        Thread.detachNewThread {
            pipe.fileHandleForWriting.write(Data(text.utf8))
            try? pipe.fileHandleForWriting.close()
        }
        return pipe
    }
}
