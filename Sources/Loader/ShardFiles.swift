import Foundation
import Synchronization

/// Open shards, for reading at any place from any thread. At most `capacity` stay open.
final class ShardFiles: Sendable {
    private let paths: [String]
    private let capacity: Int
    private let open = Mutex(OpenFiles())

    private struct OpenFiles {
        var files: [Int32: ShardFile] = [:]
        /// Oldest first.
        var order: [Int32] = []
    }

    init(paths: [String], capacity: Int = 128) {
        self.paths = paths
        self.capacity = capacity
    }

    /// The bytes of a stretch of a shard, or `nil` if they cannot be read.
    func read(_ sample: SampleIndex.Sample) -> [UInt8]? {
        file(sample.shard)?.read(at: sample.offset, count: Int(sample.length))
    }

    private func file(_ shard: Int32) -> ShardFile? {
        open.withLock { open in
            if let file = open.files[shard] { return file }
            guard let file = ShardFile(paths[Int(shard)]) ?? ShardFile(sealed: paths[Int(shard)]) else {
                return nil
            }
            open.files[shard] = file
            open.order.append(shard)
            // A file in use closes when its last reader lets go of it.
            if open.order.count > capacity { open.files[open.order.removeFirst()] = nil }
            return file
        }
    }
}

/// One open file.
private final class ShardFile: Sendable {
    private let descriptor: Int32

    init?(_ path: String) {
        descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    /// A store's open shard loses its last suffix when it is sealed, perhaps since the snapshot was taken.
    convenience init?(sealed path: String) {
        guard path.hasSuffix(".part") else { return nil }
        self.init(String(path.dropLast(".part".count)))
    }

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
