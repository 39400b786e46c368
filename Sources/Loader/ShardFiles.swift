internal import Synchronization

/// The archives of a run, for reading at any place from any thread. At most `capacity` files stay open.
final class ShardFiles: Sendable {
    /// An archive in the form in which it is read.
    enum Place: Sendable {
        /// A file that is opened when it is needed.
        case path(String)
        /// A file that is open already.
        case open(ShardFile)
        /// A remote archive, which may lie in a file or may not.
        case remote(RemoteShard)
    }

    private let places: [Place]
    private let capacity: Int
    private let open = Mutex(OpenFiles())

    private struct OpenFiles {
        var files: [Int32: ShardFile] = [:]
        /// Oldest first.
        var order: [Int32] = []
    }

    init(_ places: [Place], capacity: Int = 128) {
        self.places = places
        self.capacity = capacity
    }

    /// The bytes of a stretch of a shard, or `nil` if they cannot be read.
    func read(_ sample: SampleIndex.Sample) -> [UInt8]? {
        switch places[Int(sample.shard)] {
        case .path(let path):
            file(sample.shard, path)?.read(at: sample.offset, count: Int(sample.length))
        case .open(let file): file.read(at: sample.offset, count: Int(sample.length))
        case .remote(let remote):
            file(sample.shard, remote.path)?.read(at: sample.offset, count: Int(sample.length))
                ?? remote.read(at: sample.offset, count: Int(sample.length))
        }
    }

    private func file(_ shard: Int32, _ path: String) -> ShardFile? {
        open.withLock { open in
            if let file = open.files[shard] { return file }
            guard let file = ShardFile(path) ?? ShardFile(sealed: path) else { return nil }
            open.files[shard] = file
            open.order.append(shard)
            // A file in use closes when its last reader lets go of it.
            if open.order.count > capacity { open.files[open.order.removeFirst()] = nil }
            return file
        }
    }
}
