internal import Foundation
internal import Synchronization

/// `verify.log`: what was found in the shards that a verification has finished, so that another can go on from there.
///
/// One JSON object a line. A shard that has changed since, by number, length or pairs, is read again.
final class VerifyLog: Sendable {
    private struct Line: Codable {
        var number: Int64
        var bytes: Int64
        var pairs: Int64
        var report: VerifyReport

        func isOf(_ shard: ShardTable.Shard) -> Bool {
            number == shard.number && bytes == shard.bytes && pairs == shard.pairs
        }
    }

    private let path: String
    private let done: [Line]
    private let file: Mutex<Output>

    /// Where the next line goes; a folder that cannot be written gets no log, for reading it is what was asked.
    private struct Output: @unchecked Sendable {  // guarded by the mutex
        var file: PosixFile?
        var length: Int64 = 0
    }

    init(_ paths: StorePaths, resuming: Bool) throws {
        path = paths.verifyLog
        var lines: [Line] = []
        let text = resuming ? FileManager.default.contents(atPath: path) ?? Data() : Data()
        // A line that a crash cut short is a shard that is read again.
        for line in text.split(separator: UInt8(ascii: "\n")) {
            if let line = try? JSONDecoder().decode(Line.self, from: line) { lines.append(line) }
        }
        done = lines
        var output = Output(file: try? PosixFile(path, flags: O_RDWR | O_CREAT))
        if let file = output.file {
            if resuming {
                output.length = try file.size()
            } else {
                try file.truncate(to: 0)
            }
        }
        file = Mutex(output)
    }

    /// What was found in a shard before.
    func report(on shard: ShardTable.Shard) -> VerifyReport? { done.last { $0.isOf(shard) }?.report }

    func add(_ report: VerifyReport, on shard: ShardTable.Shard) throws {
        let line = Line(number: shard.number, bytes: shard.bytes, pairs: shard.pairs, report: report)
        // The line break first closes a line that a crash has cut.
        let bytes = try [UInt8(ascii: "\n")] + JSONEncoder().encode(line) + [UInt8(ascii: "\n")]
        try file.withLock { output in
            guard let file = output.file else { return }
            try bytes.withUnsafeBytes { try file.write($0, at: output.length) }
            output.length += Int64(bytes.count)
        }
    }

    /// The verification came to its end.
    func remove() throws {
        let exists = file.withLock { $0.file != nil }
        if exists { try PosixFiles().remove(path) }
    }
}
