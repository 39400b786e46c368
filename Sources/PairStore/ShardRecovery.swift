internal import Foundation

/// Brings the shard files into line with the catalogue when a writer opens a store; it holds the lock.
///
/// Whatever a crash left: bytes that no commit claims are cut off, a half-done seal is finished, an abandoned file
/// is sealed at what the catalogue claims of it, and a file that the catalogue does not know goes to `lost/`. Every
/// step may be cut short and repeated.
struct ShardRecovery {
    private let paths: StorePaths
    private let files: any FileLayer
    private let catalogue: Catalogue
    private let toleratesDamage: Bool
    /// Shards that are cut or missing, where that is tolerated; otherwise the first of them ends the opening.
    private(set) var damaged: [ShardTable.Shard] = []

    init(_ paths: StorePaths, _ files: any FileLayer, _ catalogue: Catalogue, toleratesDamage: Bool) {
        (self.paths, self.files, self.catalogue) = (paths, files, catalogue)
        self.toleratesDamage = toleratesDamage
    }

    /// Gives the shard to go on with, if one is open.
    mutating func run() throws -> ShardTable.Shard? {
        let shards = try catalogue.inDatabase { try ShardTable($0).all() }
        var open: [ShardTable.Shard] = []
        for shard in shards {
            do {
                if try recover(shard) { open.append(shard) }
            } catch let error as StoreError where error.code == .damaged && toleratesDamage {
                damaged.append(shard)
            }
        }
        try setAside(knowing: shards)
        // At most the newest stays open; an older one was left by an abandoned writer.
        for shard in open.dropLast() { try finish(shard) }
        return open.last
    }

    /// Whether the shard goes on as the open one.
    private func recover(_ shard: ShardTable.Shard) throws -> Bool {
        guard shard.isPartOfTheStore else {
            try DroppedShards(paths, files, catalogue).remove(shard)
            return false
        }
        let part = paths.shard(shard.number, sealed: false)
        let sealed = paths.shard(shard.number, sealed: true)
        let partSize = try files.size(of: part)
        let sealedSize = try files.size(of: sealed)
        if let sealedSize {
            try check(sealed, sealedSize, holds: shard.bytes + Int64(TarWriter.endOfArchive.count))
            if partSize != nil { try moveToLost(part) }
            if shard.state != .sealed { try setState(.sealed, of: shard) }
            return false
        }
        guard let partSize else {
            if shard.bytes == 0 && shard.state == .open { return true }
            throw StoreError(
                .damaged, sealed,
                "is missing, with \(shard.pairs) pairs; wit verify \(paths.root) names all of it, with --repair it saves the rest"
            )
        }
        try check(part, partSize, holds: shard.bytes)
        if shard.state == .open {
            if partSize > shard.bytes { try truncate(part, to: shard.bytes) }
            return true
        }
        try finish(shard)
        return false
    }

    private func check(_ path: String, _ size: Int64, holds bytes: Int64) throws {
        guard size >= bytes else {
            throw StoreError(
                .damaged, path,
                "holds \(size) bytes where the catalogue claims \(bytes); wit verify \(paths.root) names all of it, with --repair it saves the rest"
            )
        }
    }

    private func truncate(_ path: String, to bytes: Int64) throws {
        let file = try files.open(path, create: false)
        try file.truncate(to: bytes)
        try file.sync()
    }

    /// Seals a part file at its committed length; an empty one goes.
    private func finish(_ shard: ShardTable.Shard) throws {
        let part = paths.shard(shard.number, sealed: false)
        if shard.pairs == 0 {
            try catalogue.transaction { try ShardTable($0.database).remove(shard.number) }
            if try files.size(of: part) != nil { try files.remove(part) }
            return
        }
        let file = try files.open(part, create: false)
        try ShardWriter.seal(shard.number, bytes: shard.bytes, file, paths, files)
        try setState(.sealed, of: shard)
    }

    private func setState(_ state: ShardTable.State, of shard: ShardTable.Shard) throws {
        var shard = shard
        shard.state = state
        try catalogue.transaction { [shard] in try ShardTable($0.database).set(shard) }
    }

    private func setAside(knowing shards: [ShardTable.Shard]) throws {
        let known = Set(
            shards.flatMap { shard in
                [true, false].map { StorePaths.shardName(shard.number, sealed: $0) }
            })
        for name in try files.list(paths.shards) where !known.contains(name) {
            try moveToLost(paths.shards + "/" + name)
        }
    }

    private func moveToLost(_ path: String) throws { try Self.moveToLost(path, paths, files) }

    /// Puts a file away that the store cannot use and a person may want.
    static func moveToLost(_ path: String, _ paths: StorePaths, _ files: any FileLayer) throws {
        try files.makeFolder(paths.lost)
        let name = path.split(separator: "/").last.map(String.init) ?? "unknown"
        var target = paths.lost + "/" + name
        var copy = 1
        while try files.size(of: target) != nil {
            target = paths.lost + "/\(name).\(copy)"
            copy += 1
        }
        try files.rename(path, to: target)
        try files.syncFolder(paths.lost)
        try files.syncFolder((path as NSString).deletingLastPathComponent)
    }
}
