/// Reads stored bytes, whether their shard is sealed or still open.
struct ShardFiles {
    private let paths: StorePaths

    init(_ paths: StorePaths) { self.paths = paths }

    /// Opens a shard under whichever of its names it has now.
    func open(_ number: Int64) throws -> PosixFile {
        for sealed in [true, false, true] {
            do {
                return try PosixFile.reading(paths.shard(number, sealed: sealed))
            } catch let error as StoreError where error.errorNumber == 2 {
                // ENOENT: it has the other name, or was renamed since the first look.
                continue
            }
        }
        throw StoreError(
            .damaged, paths.shard(number, sealed: true),
            "is missing; run wit verify \(paths.root) to see all of it")
    }

    /// Bytes of a sample.
    func bytes(_ place: PairRow.Place, offset: Int, count: Int) throws -> [UInt8] {
        let name = StorePaths.shardName(place.shard, sealed: true)
        return try open(place.shard).bytes(at: place.offset + Int64(offset), count: count, name: name)
    }
}
