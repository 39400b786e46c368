internal import Digest
internal import GRDB

/// Compaction of damaged shards: whatever is whole moves, the rest is named.
extension Compactor {
    /// A pair whose picture is gone.
    struct Loss {
        let row: PairRow
        let reason: String
    }

    /// Rewrites shards with whatever of them can be saved, and gives the pairs whose pictures are gone.
    mutating func salvage(_ shards: [ShardTable.Shard]) throws -> [Loss] {
        losses = []
        for shard in shards { try compact([Source(shard: shard, livePairs: shard.pairs)]) }
        try unlinkDropped()
        return losses ?? []
    }

    /// Takes pairs out of the set whose bytes are gone; they keep their claims, so that no threshold rises.
    func lose(_ losses: [Loss], _ transaction: Catalogue.Transaction) throws {
        let tables = transaction.tables
        let meta = Meta(transaction.database)
        let commit = try meta.commitNumber() + 1
        for loss in losses {
            try tables.pairs.end(loss.row.id, as: .lost, at: commit)
            let isOnly = try !tables.pairs.isLive(image: loss.row.sha256)
            let origin = try tables.names.origin(of: loss.row)
            tables.totals.count(
                loss.row, PairClass(loss.row), origin: origin, isOnlyOfImage: isOnly, sign: -1)
            tables.totals.change("pairs", CatalogueSchema.Status.lost.name, 1)
        }
        try tables.totals.write(QueryStates(session.manifest.configuration, transaction.database).balance)
        try meta.set(commitNumber: commit, nextPair: meta.nextPair())
    }

    /// A shard's file; `nil` where it is missing and a repair asks.
    func open(_ number: Int64) throws -> PosixFile? {
        do {
            return try ShardFiles(session.paths).open(number)
        } catch let error as StoreError where error.code == .damaged && losses != nil { return nil }
    }

    /// A sample's bytes, in a repair made anew around a picture that is whole; `nil` once it is noted as lost.
    mutating func sample(
        _ entry: SampleReading.Entry, at place: PairRow.Place, _ file: PosixFile?, _ name: String
    ) throws -> [UInt8]? {
        var damage = SampleReading.Damage.shardMissing
        if let file {
            let reading = SampleReading(file: file, name: name)
            do {
                return try reading.sample(entry, at: place.offset)
            } catch {
                damage = error
                if losses != nil, let bytes = reading.remade(entry, at: place.offset) {
                    remade += 1
                    return bytes
                }
            }
        }
        guard losses != nil else {
            throw StoreError(
                .damaged, name,
                "pair \(entry.row.hexKey) is damaged (\(damage.rawValue)); run wit verify \(session.paths.root) --repair first"
            )
        }
        losses?.append(Loss(row: entry.row, reason: damage.rawValue))
        return nil
    }
}
