internal import Dispatch

/// Writes one file's pieces on a thread of its own, one at a time and in order, while the next is made.
///
/// Confined to its owner's thread, but for the piece that is being written: that is the other thread's alone until `wait`
/// or the next `start` has seen its end, and so is the file.
final class WriteBehind {
    private let file: any StoreFile
    private let queue = DispatchQueue(label: "wit.shard")
    private var piece: (end: DispatchWorkItem, outcome: Outcome)?
    /// Up to here the disk was asked to write.
    private var started: Int64

    /// The disk begins whenever so much was written, while the commit goes on.
    private static let startedBytes: Int64 = 8 << 20

    /// Unchecked because the other thread sets it before its work item ends, and the owner looks only after waiting for that.
    private final class Outcome: @unchecked Sendable {
        var failure: (any Error)?
    }

    /// What the other thread gets. Unchecked because file and bytes are its alone until the owner has waited for its end.
    private struct Piece: @unchecked Sendable {
        let file: any StoreFile
        let bytes: UnsafeRawBufferPointer
        let offset: Int64
        /// How much the disk is to begin with once it is written.
        let begin: Range<Int64>?
        let outcome = Outcome()

        func write() {
            do {
                try file.write(bytes, at: offset)
                if let begin { try file.startWriting(at: begin.lowerBound, count: Int64(begin.count)) }
            } catch {
                outcome.failure = error
            }
        }
    }

    /// Writes to a file from a place on.
    init(_ file: any StoreFile, from offset: Int64) {
        self.file = file
        started = offset
    }

    deinit { piece?.end.wait() }

    /// Has bytes written, which must stay as they are until `wait`, or `start` for the next ones, has returned. Throws what
    /// the bytes before them failed with.
    func start(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        try wait()
        let end = offset + Int64(bytes.count)
        var begin: Range<Int64>?
        if end - started >= Self.startedBytes {
            begin = started..<end
            started = end
        }
        let next = Piece(file: file, bytes: bytes, offset: offset, begin: begin)
        let work = DispatchWorkItem { next.write() }
        piece = (work, next.outcome)
        queue.async(execute: work)
    }

    /// Waits until everything is written; throws what failed.
    func wait() throws {
        guard let (end, outcome) = piece else { return }
        end.wait()
        piece = nil
        if let failure = outcome.failure { throw failure }
    }

    /// Starts over at a place; what failed before no longer matters, for the bytes beyond it are taken back.
    func reset(to offset: Int64) {
        piece?.end.wait()
        piece = nil
        started = offset
    }
}
