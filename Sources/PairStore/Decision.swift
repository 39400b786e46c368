internal import Digest
internal import QueryBank

/// One commit's work on the staged pairs: who is kept, refused, merged, and who goes for it.
///
/// It works on copies; the store takes them over only when the catalogue has committed.
struct Decision {
    let commit: Int64
    private(set) var nextPair: Int64
    private(set) var balance: Balance
    /// Queries whose text this commit writes down.
    private(set) var named: Set<QueryID> = []
    private(set) var report = CommitReport()

    private let core: StoreCore

    init(_ core: StoreCore, commit: Int64, nextPair: Int64) {
        self.core = core
        (self.commit, self.nextPair) = (commit, nextPair)
        balance = core.queries.balance
        report.number = commit
    }

    mutating func decide(
        _ item: Staging.Item, _ transaction: Catalogue.Transaction, _ shard: ShardWriter?
    ) throws {
        let outcome = try outcome(of: item, transaction, shard)
        report.count(outcome, of: item.pair.key)
    }

    private mutating func outcome(
        of item: Staging.Item, _ transaction: Catalogue.Transaction, _ shard: ShardWriter?
    ) throws -> PairOutcome {
        let tables = transaction.tables
        // The first final outcome stays, whatever the same candidate brings the next time.
        if let known = try tables.pairs.outcome(of: item.pair.key.bytes) { return known }
        var row = PairRow(item.pair, sha256: item.sha256, priority: item.priority)
        if try tables.removals.contains({ row.removalNames }) || tables.pairs.isRemoved(group: row.group) {
            return .removed
        }
        let old = try tables.pairs.live(group: row.group)
        if let old, old.priority < item.priority {
            try tables.pairs.addSeen(row, tables.names.names(of: row))
            return .merged
        }
        row.id = nextPair
        row.born = commit
        let result = try claim(row, item.priority, instead: old, tables)
        guard !result.claimed.isEmpty else { return .refused }
        nextPair += 1
        if let old { try supersede(old, by: item.priority, tables) }
        try store(row, item, claimed: result.claimed, transaction, shard)
        try drop(result.displaced, tables)
        return .kept
    }

    private mutating func claim(
        _ row: PairRow, _ priority: Priority, instead old: PairRow?, _ tables: Catalogue.Tables
    ) throws -> CommitResult<Int64> {
        var ledger = tables.claims
        ledger.introduce(row.id, priority)
        guard let old else {
            return try balance.commit(pair: row.id, priority: priority, queries: row.queries, ledger: &ledger)
        }
        return try balance.replace(
            old: old.id, oldPriority: old.priority, oldClaims: tables.claims.claims(of: old), new: row.id,
            priority: priority, queries: row.queries, ledger: &ledger)
    }

    // MARK: What a decision writes

    private mutating func store(
        _ row: PairRow, _ item: Staging.Item, claimed: [QueryID], _ transaction: Catalogue.Transaction,
        _ shard: ShardWriter?
    ) throws {
        guard let shard else { preconditionFailure("a pair is kept where a shard is open") }
        let tables = transaction.tables
        var row = row
        let json = try SampleJSON.encode(row, queries: row.queries.map(core.texts.text))
        row.jsonBytes = json.count
        row.place = try shard.append(row, image: item.pair.image, json: json)
        let isOnly = try !tables.pairs.isLive(image: row.sha256)
        let names = try tables.names.names(of: row)
        try tables.pairs.add(row, names)
        tables.totals.count(row, origin: names.origin, isOnlyOfImage: isOnly, sign: 1)
        let holding = Set(claimed)
        for query in row.queries where !holding.contains(query) {
            tables.claims.addUnclaimed(query, row.id)
        }
        try write(row.queries, tables)
    }

    private mutating func write(_ queries: [QueryID], _ tables: Catalogue.Tables) throws {
        for query in queries where !core.queries.isKnown(query) && named.insert(query).inserted {
            try tables.totals.addText(of: query, core.texts.text(query))
        }
    }

    /// The old member leaves; its URL stays as one more place where the pair was seen.
    private mutating func supersede(_ old: PairRow, by priority: Priority, _ tables: Catalogue.Tables) throws
    {
        for query in old.queries { try tables.claims.removeUnclaimed(query, old.id) }
        try end(old, as: .superseded, tables)
        try tables.pairs.addSeen(old, tables.names.names(of: old))
        report.superseded += 1
    }

    /// Claims were lost: their matches stay as unclaimed, and a pair without any claim leaves the set.
    private mutating func drop(
        _ displaced: [(query: QueryID, pair: Int64)], _ tables: Catalogue.Tables
    ) throws {
        var losers: [Int64: [QueryID]] = [:]
        for (query, pair) in displaced {
            losers[pair, default: []].append(query)
            tables.totals.touch(query)
        }
        for (pair, lost) in losers.sorted(by: { $0.key < $1.key }) {
            let row = try tables.pairs.row(pair)
            // A ghost only shrinks: it has left the set already.
            guard row.status == .live else { continue }
            if try tables.claims.claims(of: row).isEmpty {
                for query in row.queries where !lost.contains(query) {
                    try tables.claims.removeUnclaimed(query, pair)
                }
                try end(row, as: .evicted, tables)
                report.evicted += 1
            } else {
                for query in lost { tables.claims.addUnclaimed(query, pair) }
            }
        }
    }

    private func end(_ row: PairRow, as status: CatalogueSchema.Status, _ tables: Catalogue.Tables) throws {
        try tables.pairs.end(row.id, as: status, at: commit)
        let isOnly = try !tables.pairs.isLive(image: row.sha256)
        let origin = try tables.names.names(of: row).origin
        tables.totals.count(row, origin: origin, isOnlyOfImage: isOnly, sign: -1)
        tables.totals.change("pairs", status.name, 1)
    }
}
