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

    /// What one commit takes in.
    struct Batch {
        var items: [Offer] = []
        var counters: [String: [String: Int64]] = [:]
        /// Places of pairs that stand in the set.
        var sightings: [Sighting] = []
        /// Removed groups; they come in commits without items, for claims are made in ascending priority.
        var ghosts: [RemovalLog.Ghost] = []
        /// How far operations that resume have come.
        var marks: [String: Int64] = [:]

        /// Whether it is time to commit: half of what a crawl may stage.
        var isLarge: Bool {
            items.count >= Staging.maxPairs / 2 || items.reduce(0) { $0 + $1.size } >= Staging.maxBytes / 2
        }

        var isEmpty: Bool {
            items.isEmpty && counters.isEmpty && sightings.isEmpty && ghosts.isEmpty && marks.isEmpty
        }
    }

    /// Decides on staged pairs and makes the outcome durable; on a throw nothing of it happened.
    func commit(_ batch: Batch) throws -> CommitReport {
        try session.checkOpen()
        if batch.isEmpty { return report }
        let items = batch.items
        let shard = items.contains { $0.content != nil } ? try shards.ready() : nil
        var decision = Decision(
            self, commit: commitNumber + 1, nextPair: nextPair, offers: items.count)
        do {
            try session.catalogue.transaction { transaction in
                try transaction.tables.matches.begin(queries.balance)
                // Ascending priority: a smaller member comes first, and nobody is displaced by a batch mate.
                for index in Self.order(of: items) {
                    try decision.decide(items[index], transaction, shard)
                }
                for sighting in batch.sightings { try decision.note(sighting, transaction.tables) }
                for ghost in batch.ghosts.sorted(by: { $0.u < $1.u }) {
                    try decision.unite(ghost, transaction.tables)
                }
                try shard?.sync()
                try finish(decision, batch, shard, transaction)
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

    /// The items from the smallest priority up; URLs and texts are compared only where `u` is equal.
    private static func order(of items: [Offer]) -> [Int] {
        let byU = items.indices.map { (u: items[$0].row.u, index: $0) }
        return byU.sorted { left, right in
            left.u != right.u ? left.u < right.u : items[left.index].priority < items[right.index].priority
        }.map(\.index)
    }

    private var report: CommitReport {
        var report = CommitReport()
        report.number = commitNumber
        return report
    }

    private func finish(
        _ decision: Decision, _ batch: Batch, _ shard: ShardWriter?,
        _ transaction: Catalogue.Transaction
    ) throws {
        try transaction.tables.writeWaiting(transaction.database, lastPair: decision.nextPair - 1)
        try transaction.tables.totals.write(decision.balance)
        try transaction.tables.totals.write(textsOf: decision.named, texts)
        try transaction.tables.totals.write(counters: batch.counters)
        if let shard {
            try ShardTable(transaction.database).set(
                .init(number: shard.number, state: .open, bytes: shard.end, pairs: shard.pairs))
        }
        let meta = Meta(transaction.database)
        try meta.set(commitNumber: decision.commit, nextPair: decision.nextPair)
        for (name, value) in batch.marks { try meta.set(mark: name, value) }
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

    // MARK: Taking over from other stores

    /// Takes in ghosts, logging first those that `removals.log` does not have yet.
    func unite(_ ghosts: Set<RemovalLog.Ghost>, at milliseconds: Int64) throws {
        let log = RemovalLog(session.paths, session.files)
        let new = ghosts.subtracting(try log.read().ghosts)
        if !new.isEmpty { try log.append([], new.sorted { $0.u < $1.u }, at: milliseconds) }
        let ordered = ghosts.sorted { $0.u < $1.u }
        for start in stride(from: 0, to: ordered.count, by: Self.ghostsPerCommit) {
            let some = ordered[start..<min(start + Self.ghostsPerCommit, ordered.count)]
            _ = try commit(Batch(ghosts: Array(some)))
        }
    }

    private static let ghostsPerCommit = 4096

    /// Whether the pair stands here, or was decided on, as a member of its group, with its bytes.
    func isKnown(_ row: PairRow) throws -> Bool {
        try session.catalogue.transaction { transaction in
            let pairs = transaction.tables.pairs
            guard try pairs.outcome(of: row.key, group: row.group) != nil else { return false }
            return try pairs.standing(row.sha256, row.group)?.status != .lost
        }
    }

    /// Whether a candidate has its outcome here.
    func isDecided(_ key: [UInt8]) throws -> Bool {
        try session.catalogue.transaction { try $0.tables.pairs.outcome(of: key) != nil }
    }

    func mark(_ name: String) throws -> Int64? {
        try session.catalogue.inDatabase { try Meta($0).mark(name) }
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
        if session.catalogue.failure == nil { try putAway() }
        try session.close()
    }

    /// Seals the open shard and completes matches and indexes, for operations that end their session themselves.
    func putAway() throws {
        try shards.putAway()
        try completeTables()
    }

    /// Writes down the matches of a block that is not full, and enters all pairs into the indexes.
    func completeTables() throws {
        try session.catalogue.transaction {
            try $0.tables.writeWaiting($0.database, lastPair: nextPair - 1, all: true)
        }
    }
}
