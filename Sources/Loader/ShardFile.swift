import Foundation

/// One open file, read at any place from any thread.
final class ShardFile: Sendable {
    let descriptor: Int32

    init?(_ path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    /// Takes over an open file.
    init(descriptor: Int32) { self.descriptor = descriptor }

    /// A store's open shard loses its last suffix when it is sealed, perhaps since the snapshot was taken.
    convenience init?(sealed path: String) {
        guard path.hasSuffix(".part") else { return nil }
        self.init(String(path.dropLast(".part".count)))
    }

    /// The bytes of a stretch, or `nil` if they cannot be read.
    func read(at offset: Int64, count: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let base = buffer.baseAddress {
                let length = pread(descriptor, base + filled, count - filled, off_t(offset) + off_t(filled))
                if length < 0 && errno == EINTR { continue }
                if length <= 0 { break }
                filled += length
            }
        }
        return bytes.count == count ? bytes : nil
    }

    deinit { close(descriptor) }
}
