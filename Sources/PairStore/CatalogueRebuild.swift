internal import Foundation
internal import GRDB
internal import QueryBank

/// Makes a lost catalogue anew: every sample of every shard is offered to the rule again, removals first.
///
/// The new catalogue grows beside the old one's place and takes it at the end, so a crash leaves the old state and
/// the next repair begins anew. It gets a new identity, for numbers and commits of the old one mean nothing in it.
struct CatalogueRebuild {
    private var paths: StorePaths
    private let files: any FileLayer
    private let list: QueryList
    private let manifest: StoreManifest

    private static let perCommit = 4096

    struct Result {
        var manifest: StoreManifest
        var damaged: [String] = []
    }

    init(
        _ paths: StorePaths, _ files: any FileLayer, _ configuration: StoreConfiguration, _ list: QueryList
    ) throws {
        guard list.sha256 == configuration.listSHA256, list.count == configuration.queryCount else {
            throw StoreError(
                .badArgument, paths.root,
                "its catalogue can be made anew only with its own query list (SHA-256 \(configuration.listSHA256.prefix(12))…)"
            )
        }
        (self.paths, self.files, self.list) = (paths, files, list)
        self.paths.catalogueSuffix = ".new"
        manifest = StoreManifest(configuration)
    }

    func run(
        _ lock: StoreLock, at milliseconds: Int64, _ progress: (VerifyProgress) -> Void
    ) throws -> Result {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            if try files.size(of: paths.catalogue + suffix) != nil {
                try files.remove(paths.catalogue + suffix)
            }
        }
        var result = Result(manifest: manifest)
        let session = try StoreSession(rebuilding: paths, files, manifest, lock)
        try StoreMaintenance.using(session) { try fill($0, &result, at: milliseconds, progress) }
        try replace()
        return result
    }

    private func replace() throws {
        try manifest.write(paths, files)
        let old = StorePaths(paths.root)
        for suffix in ["", "-wal", "-shm", "-journal"] where try files.size(of: old.catalogue + suffix) != nil
        {
            try ShardRecovery.moveToLost(old.catalogue + suffix, paths, files)
        }
        try files.rename(paths.catalogue, to: old.catalogue)
        try files.syncFolder(paths.root)
    }

    private func fill(
        _ session: StoreSession, _ result: inout Result, at milliseconds: Int64,
        _ progress: (VerifyProgress) -> Void
    ) throws {
        let removed = try RemovalLog(paths, files).read()
        try session.catalogue.transaction { transaction in
            for rule in removed.removals { try transaction.tables.removals.add(rule, at: milliseconds) }
        }
        let core = try StoreCore(session, QueryTexts(of: ListTexts(list)), maxShardBytes: 1)
        try core.unite(Set(removed.ghosts), at: milliseconds)
        let shards = try shardFiles()
        let total = shards.reduce(0) { $0 + $1.bytes }
        var done: Int64 = 0
        for shard in shards {
            try take(shard.path, shard.number, core, &result)
            done += shard.bytes
            progress(VerifyProgress(bytes: done, totalBytes: total))
        }
        try core.completeTables()
        try session.catalogue.transaction {
            try ShardTable($0.database).setNextNumber((shards.map(\.number).max() ?? -1) + 1)
        }
    }

    private func shardFiles() throws -> [(path: String, number: Int64, bytes: Int64)] {
        try files.list(paths.shards).compactMap { name in
            guard let number = Int64(name.prefix { $0.isNumber }),
                [true, false].contains(where: { StorePaths.shardName(number, sealed: $0) == name })
            else { return nil }
            let path = paths.shards + "/" + name
            return (path, number, try files.size(of: path) ?? 0)
        }
    }

    /// Offers every whole sample of a shard and enters the shard with all that lies in it.
    private func take(
        _ path: String, _ number: Int64, _ core: StoreCore, _ result: inout Result
    ) throws {
        let list = list
        let scan = try ShardScan(path, number: number, seed: manifest.configuration.seed) { list.id(of: $0) }
        let name = StorePaths.shardName(number, sealed: true)
        var batch = StoreCore.Batch()
        var samples: Int64 = 0
        let end = try scan.forEach { item in
            samples += 1
            switch item {
            case .damaged(let key, let offset):
                result.damaged.append(key ?? "\(name) at byte \(offset)")
            case .whole(let row):
                guard let key = CandidateKey(hex: row.hexKey) else { return }
                batch.items.append(Offer(row: row, key: key, content: nil, comesFromStore: true))
            }
            if batch.items.count == Self.perCommit {
                _ = try core.commit(batch)
                batch = StoreCore.Batch()
            }
        }
        _ = try core.commit(batch)
        let shard = try settle(path, number, end, samples)
        try core.session.catalogue.transaction { try ShardTable($0.database).set(shard) }
    }

    /// A shard without its whole end is an open one again, which the next opening cuts and seals.
    private func settle(
        _ path: String, _ number: Int64, _ end: Int64, _ samples: Int64
    ) throws -> ShardTable.Shard {
        let sealed = paths.shard(number, sealed: true)
        let part = paths.shard(number, sealed: false)
        let trailer = Int64(TarWriter.endOfArchive.count)
        if path == sealed, try files.size(of: path) ?? 0 >= end + trailer {
            return .init(number: number, state: .sealed, bytes: end, pairs: samples)
        }
        if path == sealed, try files.size(of: part) == nil {
            try files.rename(sealed, to: part)
            try files.syncFolder(paths.shards)
        }
        return .init(number: number, state: .open, bytes: end, pairs: samples)
    }
}
