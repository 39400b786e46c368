import Foundation

/// A new file that is on the disk once `close` returns.
final class DurableFile {
    private let path: String
    private let descriptor: Int32

    /// Creates the file; it must not be there yet.
    init(creating path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw Self.failure("create", path) }
    }

    /// Appends bytes.
    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = Foundation.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 {
                    if errno == EINTR { continue }
                    throw Self.failure("write", path)
                }
                rest = rest.dropFirst(written)
            }
        }
    }

    /// Waits until the bytes are on the disk, and closes.
    func close() throws {
        let synced = fsync(descriptor)
        let failure = synced == 0 ? nil : Self.failure("sync", path)
        _ = Foundation.close(descriptor)
        if let failure { throw failure }
    }

    /// Waits until the names in a folder are on the disk.
    static func syncFolder(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw failure("open", path) }
        defer { _ = Foundation.close(descriptor) }
        if fsync(descriptor) != 0 { throw failure("sync", path) }
    }

    /// Writes a whole file.
    static func write(_ data: Data, to path: String) throws {
        let file = try DurableFile(creating: path)
        try file.write([UInt8](data))
        try file.close()
    }

    static func failure(_ action: String, _ path: String) -> CLIPTrainError {
        CLIPTrainError(.file, "cannot \(action) \(path): \(String(cString: strerror(errno)))")
    }
}
