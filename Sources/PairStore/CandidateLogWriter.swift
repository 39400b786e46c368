internal import Synchronization

/// Writes `candidates/NNNNNN.jsonl.gz`: a gzip member (RFC 1952) for every flush, each synced before it counts.
///
/// A writer starts a file of its own, so it never appends behind a member that a crash has torn; what a torn member
/// held was not yet marked done by anyone and is offered again. A file ends at about 64 MiB.
final class CandidateLogWriter: Sendable {
    private let paths: StorePaths
    private let files: any FileLayer
    private let state = Mutex(State())

    private struct State {
        var waiting: [UInt8] = []
        var file: Ended?
    }

    /// The file in use and where its last whole member ends.
    private struct Ended: @unchecked Sendable {  // guarded by `state`: one thread at a time
        let file: any StoreFile
        var length: Int64
    }

    private static let maxFileBytes: Int64 = 64 << 20
    /// Lines that wait for a flush are written at this many bytes, asked or not.
    private static let maxWaitingBytes = 4 << 20

    init(_ paths: StorePaths, _ files: any FileLayer) {
        self.paths = paths
        self.files = files
    }

    func add(_ candidate: Candidate) throws {
        try state.withLock { state in
            state.waiting.append(contentsOf: candidate.line())
            state.waiting.append(UInt8(ascii: "\n"))
            if state.waiting.count >= Self.maxWaitingBytes { try write(&state) }
        }
    }

    /// Makes every added line durable.
    func flush() throws {
        try state.withLock { try write(&$0) }
    }

    /// Flushes and lets the file go.
    func close() throws {
        try state.withLock { state in
            try write(&state)
            state.file = nil
        }
    }

    private func write(_ state: inout State) throws {
        guard !state.waiting.isEmpty else { return }
        let member = try Gzip.compress(state.waiting)
        var current = try state.file ?? newFile()
        // Should a step fail, the lines go to a new file the next time: what this one holds is not known then.
        state.file = nil
        try member.withUnsafeBytes { try current.file.write($0, at: current.length) }
        try current.file.sync()
        current.length += Int64(member.count)
        state.file = current.length >= Self.maxFileBytes ? nil : current
        state.waiting.removeAll(keepingCapacity: true)
    }

    private func newFile() throws -> Ended {
        try files.makeFolder(paths.candidates)
        let last = try CandidateLog.fileNames(in: paths, files).compactMap {
            Int64($0.prefix { $0.isNumber })
        }.max()
        let number = last.map { $0 + 1 } ?? 0
        let file = try files.open(paths.candidateFile(number), create: true)
        try files.syncFolder(paths.candidates)
        try files.syncFolder(paths.root)
        return Ended(file: file, length: 0)
    }
}
