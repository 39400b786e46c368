internal import Foundation

/// The right to write to a store: an advisory lock on `STORE/lock` that goes with its holder, crash or not.
final class StoreLock {
    private let descriptor: Int32

    /// Takes the lock at once or throws `inUse`.
    init(_ paths: StorePaths) throws {
        descriptor = open(paths.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StoreError.posix("open", paths.lock) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            let holder = Self.holder(of: descriptor)
            close(descriptor)
            guard number == EWOULDBLOCK else {
                throw StoreError(
                    .inputOutput, paths.lock, "cannot lock: \(String(cString: strerror(number)))")
            }
            throw StoreError(
                .inUse, paths.root,
                "another process\(holder) writes to this store; wait for it, or stop it and try again")
        }
        // The number is a courtesy for the message above; the lock itself does not depend on it.
        let text = "\(getpid())\n"
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.utf8.count, 0) == text.utf8.count
        else {
            defer { close(descriptor) }
            throw StoreError.posix("write", paths.lock)
        }
    }

    private static func holder(of descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        let digits = buffer.prefix(max(0, count)).prefix { (48...57).contains($0) }
        return digits.isEmpty ? "" : " (pid \(String(decoding: digits, as: UTF8.self)))"
    }

    deinit { close(descriptor) }
}
