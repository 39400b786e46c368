import Foundation
import TestSupport

/// How a program ended and all that it said.
struct Outcome {
    /// The exit status; 128 plus the signal for a killed process, as shells report it.
    let status: Int32
    let output: String
    let errors: String

    /// The lines of standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
}

/// Runs programs as a person's shell would.
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
    ///
    /// What it says goes to files, so that a daemon it leaves behind holds nothing up.
    static func run(
        _ path: String, _ arguments: [String], input: String = "", killAfter: Duration? = nil
    ) async throws -> Outcome {
        let folder = try TemporaryFolder("wit-run")
        try folder.write("in", input.utf8)
        let process = try spawn(path, arguments, folder)
        let killer = killAfter.map { delay in
            Task {
                try await Task.sleep(for: delay)
                kill(process, SIGKILL)
            }
        }
        let status = await exitStatus(of: process)
        killer?.cancel()
        func said(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder.file(name))), as: UTF8.self)
        }
        return Outcome(status: status, output: try said("out"), errors: try said("err"))
    }

    /// Starts a program with no signal blocked or ignored: a test's thread may have some blocked, and children inherit.
    static func spawn(_ path: String, _ arguments: [String], _ folder: TemporaryFolder) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, folder.file("in"), O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder.file("out"), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, folder.file("err"), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, &attributes, words, environ)
        guard code == 0 else { throw SpawnFailure(path: path, reason: String(cString: strerror(code))) }
        return process
    }

    /// Waits on a thread of its own, off the cooperative pool.
    private static func exitStatus(of process: pid_t) async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: wait(for: process)) }
        }
    }

    /// Blocks until a process has ended.
    static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}

struct SpawnFailure: Error {
    let path: String
    let reason: String
}
