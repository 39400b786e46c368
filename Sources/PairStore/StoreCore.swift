internal import Digest
internal import Foundation
internal import GRDB
internal import QueryBank

/// The writing side of an open store; `StoreWriter` lets one thread in at a time.
final class StoreCore {
    let paths: StorePaths
    let files: any FileLayer
    let manifest: StoreManifest
    let texts: QueryTexts
    private(set) var queries: QueryStates

    private let catalogue: Catalogue
    private var shard: ShardWriter?
    private var lock: StoreLock?
    private var commitNumber: Int64
    private var nextPair: Int64
    private let maxShardBytes: Int64

    init(
        _ paths: StorePaths, _ files: any FileLayer, _ manifest: StoreManifest, _ list: QueryList,
        maxShardBytes: Int64, _ lock: StoreLock
    ) throws {
        (self.paths, self.files, self.manifest) = (paths, files, manifest)
        texts = QueryTexts(list)
        (self.lock, self.maxShardBytes) = (lock, maxShardBytes)
        let catalogue = try Catalogue(paths)
        try catalogue.prepare(manifest)
        self.catalogue = catalogue
        let recovery = ShardRecovery(paths, files, catalogue)
        let open = try recovery.run()
        shard = try open.map {
            try ShardWriter(number: $0.number, bytes: $0.bytes, pairs: $0.pairs, paths, files)
        }
        (queries, commitNumber, nextPair) = try catalogue.inDatabase { database in
            let meta = Meta(database)
            return (
                try QueryStates(manifest.configuration, database), try meta.commitNumber(),
                try meta.nextPair()
            )
        }
    }

    // MARK: Committing

    /// Decides on staged pairs and makes the outcome durable; on a throw nothing of it happened.
    func commit(_ items: [Staging.Item], _ counters: [String: [String: Int64]]) throws -> CommitReport {
        try checkUsable()
        if items.isEmpty && counters.isEmpty { return report }
        let shard = items.isEmpty ? nil : try openShard()
        var decision = Decision(self, commit: commitNumber + 1, nextPair: nextPair)
        do {
            try catalogue.transaction { transaction in
                // Ascending priority: a smaller member comes first, and nobody is displaced by a batch mate.
                for index in items.indices.sorted(by: { items[$0].priority < items[$1].priority }) {
                    try decision.decide(items[index], transaction, shard)
                }
                try shard?.sync()
                try finish(decision, counters, shard, transaction)
            }
        } catch {
            try giveBack(shard, after: error)
        }
        shard?.commit()
        (commitNumber, nextPair) = (decision.commit, decision.nextPair)
        queries.commit(decision.balance, decision.named)
        try catalogue.checkpointIfLarge()
        return decision.report
    }

    private var report: CommitReport {
        var report = CommitReport()
        report.number = commitNumber
        return report
    }

    private func finish(
        _ decision: Decision, _ counters: [String: [String: Int64]], _ shard: ShardWriter?,
        _ transaction: Catalogue.Transaction
    ) throws {
        try transaction.tables.claims.write()
        try transaction.tables.totals.write(decision.balance)
        try transaction.tables.totals.write(counters: counters)
        if let shard {
            try ShardTable(transaction.database).set(
                .init(number: shard.number, state: .open, bytes: shard.end, pairs: shard.pairs))
        }
        try Meta(transaction.database).set(commitNumber: decision.commit, nextPair: decision.nextPair)
    }

    private func giveBack(_ shard: ShardWriter?, after error: any Error) throws -> Never {
        // A commit that failed half-way may hold; only SQLite's own recovery can tell. The shard's bytes stay.
        if catalogue.failure != nil { throw error }
        do {
            try shard?.rollback()
        } catch let second {
            throw StoreError(
                .inputOutput, paths.root, "\(error); and the shard could not be cut back: \(second)".oneLine)
        }
        throw error
    }

    private func checkUsable() throws {
        guard lock != nil else { throw StoreError(.needsReopening, paths.root, "is closed") }
    }

    // MARK: Shards

    /// The shard to append to; a full or abandoned one is put away first.
    private func openShard() throws -> ShardWriter {
        if let current = shard {
            if current.isAbandoned {
                try markAbandoned(current)
            } else if current.committedBytes >= maxShardBytes {
                try sealShard()
            } else {
                return current
            }
        }
        // The number is taken in a commit of its own, so that a crash leaves no file the catalogue does not know.
        let number = try catalogue.transaction { transaction in
            let table = ShardTable(transaction.database)
            let number = try table.nextNumber()
            try table.set(.init(number: number, state: .open, bytes: 0, pairs: 0))
            return number
        }
        let new = try ShardWriter(number: number, bytes: 0, pairs: 0, paths, files)
        shard = new
        return new
    }

    private func markAbandoned(_ current: ShardWriter) throws {
        try setState(.abandoned, of: current)
        shard = nil
    }

    private func setState(_ state: ShardTable.State, of shard: ShardWriter) throws {
        try catalogue.transaction {
            try ShardTable($0.database).set(
                .init(
                    number: shard.number, state: state, bytes: shard.committedBytes,
                    pairs: shard.committedPairs))
        }
    }

    private func sealShard() throws {
        guard let current = shard else { return }
        if current.isAbandoned { return try markAbandoned(current) }
        if current.committedPairs == 0 {
            try catalogue.transaction { try ShardTable($0.database).remove(current.number) }
            try files.remove(paths.shard(current.number, sealed: false))
        } else {
            try current.seal(paths, files)
            try setState(.sealed, of: current)
        }
        shard = nil
    }

    // MARK: Looking and closing

    func image(_ sha256: SHA256Digest) throws -> [UInt8]? {
        try checkUsable()
        let row = try catalogue.transaction { try $0.tables.pairs.holder(ofImage: sha256.bytes) }
        guard let row, let place = row.place else { return nil }
        return try ShardFiles(paths).bytes(place, offset: row.layout.imageOffset, count: row.imageBytes)
    }

    func close() throws {
        guard lock != nil else { return }
        defer { lock = nil }
        if catalogue.failure == nil { try sealShard() }
        try catalogue.close()
    }
}
