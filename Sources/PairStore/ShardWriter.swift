/// The open shard: samples go to its end, become durable with `sync`, and count once the catalogue says so.
final class ShardWriter {
    let number: Int64
    /// Bytes that the catalogue claims.
    private(set) var committedBytes: Int64
    private(set) var committedPairs: Int64
    private(set) var pairs: Int64
    /// Set when the file's state is not known any more: it is never appended to again.
    private(set) var isAbandoned = false

    private let path: String
    private let file: any StoreFile
    private let behind: WriteBehind
    private var waiting: PageBuffer
    /// The members of one sample but its picture, which is not copied into it.
    private var members = TarWriter()

    /// Opens the part file of a shard that the catalogue knows; what lies after the committed bytes must be gone.
    init(number: Int64, bytes: Int64, pairs: Int64, _ paths: StorePaths, _ files: any FileLayer) throws {
        self.number = number
        committedBytes = bytes
        (committedPairs, self.pairs) = (pairs, pairs)
        let path = paths.shard(number, sealed: false)
        self.path = path
        let isNew = try files.size(of: path) == nil
        let file = try files.open(path, create: true)
        if isNew { try files.syncFolder(paths.shards) }
        self.file = file
        behind = WriteBehind(file, from: bytes)
        waiting = try PageBuffer(length: bytes) { try file.fill($0, at: $1, name: path) }
    }

    // Before `waiting` goes, whose memory may be on its way to the disk.
    deinit { behind.reset(to: 0) }

    var end: Int64 { waiting.end }

    /// Appends a pair's sample and gives where it lies.
    func append(_ row: PairRow, image: [UInt8], json: [UInt8]) throws -> PairRow.Place {
        let start = end
        try Sample.add(row, imageBytes: image.count, json: json, to: &members) { members in
            try members.drain(add)
            try image.withUnsafeBytes(add)
        }
        try members.drain(add)
        pairs += 1
        return PairRow.Place(shard: number, offset: start)
    }

    /// Appends the bytes of whole samples as they are.
    func append(raw bytes: [UInt8], pairs count: Int64) throws -> Int64 {
        let start = end
        try bytes.withUnsafeBytes(add)
        pairs += count
        return start
    }

    private func add(_ bytes: UnsafeRawBufferPointer) throws { try waiting.add(bytes, write: behind.start) }

    /// Makes everything appended durable. After a failure nobody knows what of it is: the file is given up, and
    /// what the catalogue claims of it (synced before) stays.
    func sync() throws {
        guard end > committedBytes else { return }
        try behind.wait()
        try waiting.flush { try file.write($0, at: $1) }
        do {
            try file.sync()
        } catch {
            isAbandoned = true
            throw error
        }
    }

    /// Takes note that the catalogue claims everything appended.
    func commit() { (committedBytes, committedPairs) = (end, pairs) }

    /// Takes back what was appended since the last commit.
    func rollback() throws {
        members = TarWriter()
        behind.reset(to: committedBytes)
        pairs = committedPairs
        guard !isAbandoned else { return }
        do {
            try file.truncate(to: committedBytes)
            try waiting.reset(length: committedBytes) { try file.fill($0, at: $1, name: path) }
        } catch {
            isAbandoned = true
            throw error
        }
    }

    /// Ends the archive and gives the file its final name, durably; the caller then marks it sealed.
    func seal(_ paths: StorePaths, _ files: any FileLayer) throws {
        try Self.seal(number, bytes: committedBytes, file, paths, files)
    }

    /// The steps of sealing a part file; each may be repeated after a crash.
    static func seal(
        _ number: Int64, bytes: Int64, _ file: any StoreFile, _ paths: StorePaths, _ files: any FileLayer
    ) throws {
        try file.truncate(to: bytes)
        try TarWriter.endOfArchive.withUnsafeBytes { try file.write($0, at: bytes) }
        try file.sync()
        try files.rename(paths.shard(number, sealed: false), to: paths.shard(number, sealed: true))
        try files.syncFolder(paths.shards)
    }
}
