internal import Foundation

/// Bytes that come one after another: a file, a pipe, or what a packed one unpacks to.
protocol ByteSource: AnyObject {
    /// Fills as much of the buffer as there is now, at least a byte; 0 means the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// A packed source that can go on behind a damaged part.
protocol DamageSkipping: ByteSource {
    /// Goes to the next place where reading may go on, after `read` threw; false when there is none.
    func skipDamage() throws -> Bool
}

/// A file or pipe, read in order.
final class FileBytes: ByteSource {
    private let descriptor: Int32
    private let name: String
    private let isOwned: Bool

    /// Opens a file at a place; `-` is standard input.
    init(path: String, from offset: Int64 = 0) throws(CrawlerError) {
        name = path
        isOwned = path != "-"
        descriptor = isOwned ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
        guard descriptor >= 0 else { throw Self.failure(path) }
        if offset > 0, lseek(descriptor, off_t(offset), SEEK_SET) < 0 { throw Self.failure(path) }
    }

    /// Reads a descriptor that somebody else closes.
    init(descriptor: Int32, name: String) {
        (self.descriptor, self.name, isOwned) = (descriptor, name, false)
    }

    deinit {
        if isOwned { close(descriptor) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw Self.failure(name) }
        }
    }

    private static func failure(_ path: String) -> CrawlerError {
        CrawlerError(
            .input, path,
            "cannot be read (\(String(cString: strerror(errno)))); check the path and its rights")
    }
}

/// A body that is in memory.
final class MemoryBytes: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position)
        bytes.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[position..<(position + count)])) }
        position += count
        return count
    }
}

/// A source whose first bytes were looked at.
final class PeekedBytes: ByteSource {
    private let source: any ByteSource
    /// What the source begins with: as many bytes as were asked for, fewer only where it is shorter.
    let prefix: [UInt8]
    private var given = 0

    init(_ source: any ByteSource, count: Int) throws {
        self.source = source
        var prefix: [UInt8] = []
        while prefix.count < count {
            let bytes = try Self.some(of: source, count - prefix.count)
            if bytes.isEmpty { break }
            prefix += bytes
        }
        self.prefix = prefix
    }

    private static func some(of source: any ByteSource, _ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            initialised = try source.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard given < prefix.count else { return try source.read(into: buffer) }
        let rest = prefix[given...].prefix(buffer.count)
        buffer.copyBytes(from: rest)
        given += rest.count
        return rest.count
    }
}
