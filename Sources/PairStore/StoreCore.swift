internal import Digest
internal import Foundation
internal import GRDB
internal import QueryBank

/// The writing side of an open store; `StoreWriter` lets one thread in at a time.
final class StoreCore {
    let session: StoreSession
    let texts: QueryTexts
    private(set) var queries: QueryStates

    private let shards: ShardAppender
    private var commitNumber: Int64
    private var nextPair: Int64

    /// Takes an open session; `texts` gives the text of a query.
    init(_ session: StoreSession, _ texts: QueryTexts, maxShardBytes: Int64) throws {
        (self.session, self.texts) = (session, texts)
        shards = try ShardAppender(session, maxBytes: maxShardBytes)
        (queries, commitNumber, nextPair) = try session.catalogue.inDatabase { database in
            let meta = Meta(database)
            return (
                try QueryStates(session.manifest.configuration, database), try meta.commitNumber(),
                try meta.nextPair()
            )
        }
    }

    // MARK: Committing

    /// Decides on staged pairs and makes the outcome durable; on a throw nothing of it happened.
    func commit(_ items: [Staging.Item], _ counters: [String: [String: Int64]]) throws -> CommitReport {
        try session.checkOpen()
        if items.isEmpty && counters.isEmpty { return report }
        let shard = items.isEmpty ? nil : try shards.ready()
        var decision = Decision(self, commit: commitNumber + 1, nextPair: nextPair)
        do {
            try session.catalogue.transaction { transaction in
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
        try session.catalogue.checkpointIfLarge()
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
        if session.catalogue.failure != nil { throw error }
        do {
            try shard?.rollback()
        } catch let second {
            throw StoreError(
                .inputOutput, session.paths.root,
                "\(error); and the shard could not be cut back: \(second)".oneLine)
        }
        throw error
    }

    // MARK: Looking and closing

    func image(_ sha256: SHA256Digest) throws -> [UInt8]? {
        try session.checkOpen()
        let row = try session.catalogue.transaction { try $0.tables.pairs.holder(ofImage: sha256.bytes) }
        guard let row, let place = row.place else { return nil }
        return try ShardFiles(session.paths).bytes(
            place, offset: row.layout.imageOffset, count: row.imageBytes)
    }

    func close() throws {
        guard session.isOpen else { return }
        // After a commit that failed half-way only the next opening knows what the shard must hold.
        if session.catalogue.failure == nil { try shards.putAway() }
        try session.close()
    }
}
