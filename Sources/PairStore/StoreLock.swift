internal import Foundation

/// The right to write to a store: an advisory lock on `STORE/lock` that goes with its holder, crash or not.
final class StoreLock {
    private let descriptor: Int32

    /// How long a holder is waited for. A program that has just been started by another thread of the last holder
    /// has its open files until it runs, and a killed one until it is gone.
    private static let patience: Duration = .seconds(1)

    /// Takes the lock within a second or throws `inUse`.
    init(_ paths: StorePaths) throws {
        descriptor = open(paths.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StoreError.posix("open", paths.lock) }
        let number = Self.lock(descriptor)
        guard number == 0 else {
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

    /// Zero, or the error number that is left after some waiting.
    private static func lock(_ descriptor: Int32) -> Int32 {
        let end = ContinuousClock.now + patience
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let number = errno
            guard number == EWOULDBLOCK || number == EINTR, ContinuousClock.now < end else { return number }
            usleep(20_000)
        }
        return 0
    }

    private static func holder(of descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        let digits = buffer.prefix(max(0, count)).prefix { (48...57).contains($0) }
        return digits.isEmpty ? "" : " (pid \(String(decoding: digits, as: UTF8.self)))"
    }

    deinit { close(descriptor) }
}
