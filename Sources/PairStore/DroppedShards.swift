/// Files that compaction left behind, or did not finish.
struct DroppedShards {
    private let paths: StorePaths
    private let files: any FileLayer
    private let catalogue: Catalogue

    init(_ paths: StorePaths, _ files: any FileLayer, _ catalogue: Catalogue) {
        (self.paths, self.files, self.catalogue) = (paths, files, catalogue)
    }

    /// Removes a shard's files, then its row. One that readers may have open waits for them; gives whether it went.
    @discardableResult
    func remove(_ shard: ShardTable.Shard) throws -> Bool {
        // Nobody was ever told of one that was being built.
        if shard.state == .building {
            try unlink(shard)
            return true
        }
        return try ReaderHold.ifFree(paths) { try unlink(shard) }
    }

    private func unlink(_ shard: ShardTable.Shard) throws {
        for sealed in [false, true] {
            let path = paths.shard(shard.number, sealed: sealed)
            if try files.size(of: path) != nil { try files.remove(path) }
        }
        try files.syncFolder(paths.shards)
        try catalogue.transaction { try ShardTable($0.database).remove(shard.number) }
    }
}
