internal import Foundation

/// Tells compaction that somebody reads: a shared lock on `STORE/readers` for as long as it lives.
///
/// A store whose folder has no such file, or cannot be locked (a read-only medium), is not compacted either.
final class ReaderHold: Sendable {
    private let descriptor: Int32

    init?(_ paths: StorePaths) {
        descriptor = open(paths.readers, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        // Waits only for the moment in which a compaction unlinks files.
        guard flock(descriptor, LOCK_SH) == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// Runs `body` if no reader holds on, keeping new ones out meanwhile; gives whether it ran.
    static func ifFree(_ paths: StorePaths, _ body: () throws -> Void) throws -> Bool {
        let descriptor = open(paths.readers, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StoreError.posix("open", paths.readers) }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw StoreError.posix("lock", paths.readers) }
            return false
        }
        try body()
        return true
    }

    /// Makes the file that readers lock.
    static func prepare(_ paths: StorePaths) throws { _ = try ifFree(paths) {} }
}
