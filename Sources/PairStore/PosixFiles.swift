internal import CWriteBack
internal import Foundation

/// The file layer of the operating system.
package struct PosixFiles: FileLayer {
    package init() {}

    package func open(_ path: String, create: Bool) throws -> any StoreFile {
        try PosixFile(path, flags: O_RDWR | (create ? O_CREAT : 0))
    }

    package func size(of path: String) throws -> Int64? {
        var status = stat()
        if stat(path, &status) == 0 { return Int64(status.st_size) }
        if errno == ENOENT { return nil }
        throw StoreError.posix("read the size", path)
    }

    package func rename(_ source: String, to target: String) throws {
        guard Foundation.rename(source, target) == 0 else { throw StoreError.posix("rename", source) }
    }

    package func remove(_ path: String) throws {
        guard unlink(path) == 0 else { throw StoreError.posix("remove", path) }
    }

    package func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw StoreError(.inputOutput, path, "cannot make the folder: \(error.localizedDescription)")
        }
    }

    package func list(_ path: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw StoreError(.inputOutput, path, "cannot list the folder: \(error.localizedDescription)")
        }
    }

    package func syncFolder(_ path: String) throws {
        let descriptor = Foundation.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError.posix("open the folder", path) }
        defer { Foundation.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw StoreError.posix("sync the folder", path) }
    }
}

/// A descriptor that closes with its owner.
package final class PosixFile: StoreFile {
    private let path: String
    private let descriptor: Int32
    /// The same file, for writing past the page cache; negative where that is not to be had.
    private var direct: Int32 = -1

    package init(_ path: String, flags: Int32) throws {
        self.path = path
        descriptor = Foundation.open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StoreError.posix("open", path) }
        // Whether the file system has it or not: the page cache is always there.
        if flags & O_ACCMODE != O_RDONLY { direct = cwriteback_open_direct(path) }
    }

    /// Opens a file that is only read, from a read-only folder too.
    package static func reading(_ path: String) throws -> PosixFile { try PosixFile(path, flags: O_RDONLY) }

    deinit {
        close(descriptor)
        if direct >= 0 { close(direct) }
    }

    /// Whole pages that lie so in memory too go straight to the disk where they are many: the kernel's copy of them would
    /// cost more than all else that a picture costs here, and push out of memory what is read again.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        let count = try writeDirectly(bytes, at: offset)
        try write(
            UnsafeRawBufferPointer(rebasing: bytes[count...]), at: offset + Int64(count), to: descriptor)
    }

    /// Writes whole pages past the page cache, and gives how many bytes these are.
    private func writeDirectly(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws -> Int {
        let whole = bytes.count & ~(PageBuffer.pageSize - 1)
        guard direct >= 0, whole >= PageBuffer.directBytes, offset % Int64(PageBuffer.pageSize) == 0,
            UInt(bitPattern: bytes.baseAddress) % UInt(PageBuffer.pageSize) == 0
        else { return 0 }
        do {
            try write(UnsafeRawBufferPointer(rebasing: bytes[..<whole]), at: offset, to: direct)
            return whole
        } catch let error where error.errorNumber == EINVAL {
            // The device has larger pages, or the file system changed its mind.
            close(direct)
            direct = -1
            return 0
        }
    }

    private func write(
        _ bytes: UnsafeRawBufferPointer, at offset: Int64, to descriptor: Int32
    ) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw StoreError.posix("write", path)
            }
            done += count
        }
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw StoreError.posix("read", path)
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    package func startWriting(at offset: Int64, count: Int64) throws {
        if cwriteback_start(descriptor, offset, count) == 0 { return }
        // A file system that cannot begin early loses nothing; a failed write is told by the sync too.
        if errno != ENOSYS && errno != ESPIPE { throw StoreError.posix("write", path) }
    }

    package func sync() throws {
        // fdatasync writes the length too, where it changed; only times are left out.
        guard fdatasync(descriptor) == 0 else { throw StoreError.posix("sync", path) }
    }

    package func truncate(to length: Int64) throws {
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw StoreError.posix("truncate", path) }
    }

    package func size() throws -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StoreError.posix("read the size", path) }
        return Int64(status.st_size)
    }
}

extension StoreError {
    /// The error of the system call that just failed.
    static func posix(_ action: String, _ path: String) -> StoreError {
        let number = errno
        return StoreError(
            .inputOutput, path, "cannot \(action): \(String(cString: strerror(number)))", errorNumber: number)
    }
}
