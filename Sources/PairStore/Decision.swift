internal import Digest
internal import QueryBank

/// One commit's work: which offered pairs are kept, refused, merged, and who goes for them.
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

    /// - Parameter offers: how many will be decided on.
    init(_ core: StoreCore, commit: Int64, nextPair: Int64, offers: Int) {
        self.core = core
        (self.commit, self.nextPair) = (commit, nextPair)
        balance = core.queries.balance
        report.number = commit
        report.outcomes.reserveCapacity(offers)
    }

    mutating func decide(
        _ item: Offer, _ transaction: Catalogue.Transaction, _ shard: ShardWriter?
    ) throws {
        let outcome = try outcome(of: item, transaction.tables, shard)
        report.count(outcome, of: item.key)
    }

    private mutating func outcome(
        of item: Offer, _ tables: Catalogue.Tables, _ shard: ShardWriter?
    ) throws -> PairOutcome {
        var row = item.row
        // The first final outcome stays, whatever the same candidate brings the next time.
        let known = try tables.pairs.outcome(of: row.key, group: item.comesFromStore ? row.group : nil)
        if let known {
            if known == .kept || known == .merged { try bringBack(item, tables, shard) }
            return known
        }
        let group = try tables.pairs.group(row.sha256, row.group)
        if try group.isRemoved || tables.removals.contains({ row.removalNames }) {
            try keepDead(row, as: .removed, tables)
            return .removed
        }
        let old = try group.standing.map(tables.pairs.row)
        if let old, old.priority < item.priority {
            try addSeen(Sighting(row), tables)
            try keepDead(row, as: .superseded, tables)
            try bringBack(item, tables, shard)
            return .merged
        }
        row.id = nextPair
        row.born = commit
        let result = try claim(row, item.priority, instead: old, tables)
        guard !result.claimed.isEmpty else {
            try keepDead(row, as: .evicted, tables)
            return .refused
        }
        nextPair += 1
        if let old { try supersede(old, by: item.priority, tables) }
        let isOnly = try group.isNewImage || !tables.pairs.isLive(image: row.sha256)
        try store(row, item, claimed: result.claimed, isOnlyOfImage: isOnly, tables, shard)
        try drop(result.displaced, tables)
        return .kept
    }

    private mutating func claim(
        _ row: PairRow, _ priority: Priority, instead old: PairRow?, _ tables: Catalogue.Tables
    ) throws -> CommitResult<Int64> {
        var ledger = tables.matches
        ledger.introduce(row.id, priority)
        guard let old else {
            return try balance.commit(pair: row.id, priority: priority, queries: row.queries, ledger: &ledger)
        }
        return try balance.replace(
            old: old.id, oldPriority: old.priority, oldClaims: claims(of: old, tables), new: row.id,
            priority: priority, queries: row.queries, ledger: &ledger)
    }

    private func claims(of row: PairRow, _ tables: Catalogue.Tables) throws -> [QueryID] {
        try row.queries.filter { try holds(row.standing, $0, tables) }
    }

    /// Whether a pair holds a query that it matches: one that is not full, or whose threshold it does not exceed.
    private func holds(
        _ pair: PairRow.Standing, _ query: QueryID, _ tables: Catalogue.Tables
    ) throws -> Bool {
        guard pair.status.holdsClaims else { return false }
        guard let threshold = balance.threshold(of: query), pair.u >= threshold else { return true }
        if pair.u > threshold { return false }
        return try tables.matches.holdsTie(query, pair.match, held: balance.count(of: query))
    }

    // MARK: What a decision writes

    private mutating func store(
        _ row: consuming PairRow, _ item: Offer, claimed: [QueryID], isOnlyOfImage: Bool,
        _ tables: Catalogue.Tables, _ shard: ShardWriter?
    ) throws {
        if let content = item.content { (row.place, row.jsonBytes) = try append(row, content, shard) }
        if row.place == nil { row.status = .lost }
        let details = item.details
        let names = try tables.names.names(of: row, details)
        try tables.pairs.add(row, names, queries: details.queries)
        if row.status == .live {
            tables.totals.count(
                row, details.pairClass, origin: names.place.origin, isOnlyOfImage: isOnlyOfImage, sign: 1)
        } else {
            tables.totals.change("pairs", row.status.name, 1)
            for query in claimed { tables.totals.touch(query) }
        }
        noteOthers(row, claimed: claimed, tables)
        name(row.queries)
    }

    /// Notes the matches of a pair that it holds no claim by.
    private func noteOthers(_ row: PairRow, claimed: [QueryID], _ tables: Catalogue.Tables) {
        // Both ascend.
        var claimed = claimed[...]
        for query in row.queries {
            if claimed.first == query {
                claimed = claimed.dropFirst()
            } else {
                tables.matches.addMatch(query, row.match)
            }
        }
    }

    private func append(
        _ row: PairRow, _ content: Offer.Content, _ shard: ShardWriter?
    ) throws -> (PairRow.Place, jsonBytes: Int) {
        guard let shard else { preconditionFailure("a pair is kept where a shard is open") }
        let json = try content.json ?? SampleJSON.encode(row, queries: row.queries.map(core.texts.text))
        return (try shard.append(row, image: content.image, json: json), json.count)
    }

    /// A sample that lies in a shard and is not in the set keeps its row, so that its bytes are accounted for.
    private mutating func keepDead(
        _ row: PairRow, as status: CatalogueSchema.Status, _ tables: Catalogue.Tables
    ) throws {
        guard row.place != nil else { return }
        var dead = row
        (dead.id, dead.born, dead.died, dead.status) = (nextPair, commit, commit, status)
        nextPair += 1
        tables.matches.leave(dead.id)
        if status == .removed {
            var ghost = PairRow(RemovalLog.Ghost(row, claims: []))
            (ghost.id, ghost.born, ghost.died, ghost.place) = (dead.id, dead.born, dead.died, dead.place)
            try tables.pairs.add(ghost, .none)
        } else {
            try tables.pairs.add(dead, tables.names.names(of: dead, RowDetails(dead)))
            name(row.queries)
        }
        tables.totals.change("pairs", status.name, 1)
    }

    private mutating func name(_ queries: [QueryID]) {
        for query in queries where !core.queries.isKnown(query) { named.insert(query) }
    }

    /// The old member leaves; its URL stays as one more place where the pair was seen.
    private mutating func supersede(_ old: PairRow, by priority: Priority, _ tables: Catalogue.Tables) throws
    {
        try end(old, as: .superseded, tables)
        try addSeen(Sighting(old), tables)
        report.superseded += 1
    }

    private func addSeen(_ sighting: Sighting, _ tables: Catalogue.Tables) throws {
        try tables.pairs.addSeen(sighting, tables.names.place(of: sighting))
    }

    /// Claims were lost; a pair without any leaves the set.
    private mutating func drop(
        _ displaced: [(query: QueryID, pair: Int64)], _ tables: Catalogue.Tables
    ) throws {
        for (query, _) in displaced { tables.totals.touch(query) }
        for id in Set(displaced.map(\.pair)).sorted() where !tables.matches.holdsSome(id) {
            let pair = try tables.pairs.standing(id)
            // A ghost only shrinks: it has left the set already.
            guard pair.status == .live || pair.status == .lost else { continue }
            let claims = try pair.queries.count { try holds(pair, $0, tables) }
            tables.matches.note(id, claims: claims)
            if claims > 0 { continue }
            try end(tables.pairs.row(id), as: .evicted, tables)
            report.evicted += 1
        }
    }

    private func end(_ row: PairRow, as status: CatalogueSchema.Status, _ tables: Catalogue.Tables) throws {
        try tables.pairs.end(row.id, as: status, at: commit)
        tables.matches.leave(row.id)
        tables.totals.change("pairs", status.name, 1)
        guard row.status == .live else { return tables.totals.change("pairs", row.status.name, -1) }
        try count(row, sign: -1, tables)
    }

    private func count(_ row: PairRow, sign: Int64, _ tables: Catalogue.Tables) throws {
        let isOnly = try !tables.pairs.isLive(image: row.sha256)
        let origin = try tables.names.origin(of: row)
        tables.totals.count(row, PairClass(row), origin: origin, isOnlyOfImage: isOnly, sign: sign)
    }

    /// The group stands in the set and damage took its bytes: here they are again.
    private func bringBack(_ item: Offer, _ tables: Catalogue.Tables, _ shard: ShardWriter?) throws {
        guard let image = item.content?.image,
            let row = try tables.pairs.standing(item.row.sha256, item.row.group),
            row.status == .lost
        else { return }
        try count(row, sign: 1, tables)
        tables.totals.change("pairs", row.status.name, -1)
        // Its own sample, whatever address brought the picture.
        try tables.pairs.revive(row.id, at: append(row, Offer.Content(image: image), shard).0)
    }
}

// MARK: Uniting stores

extension Decision {
    /// Takes in what another store, or the removal log, says of a removed group: its smallest `u` holds the claims.
    mutating func unite(_ ghost: RemovalLog.Ghost, _ tables: Catalogue.Tables) throws {
        let old = try tables.pairs.removed(ghost)
        if let old, old.u <= ghost.u { return }
        var row = PairRow(ghost)
        (row.id, row.born, row.died, row.place) = (nextPair, commit, commit, old?.place)
        nextPair += 1
        // Each store knows only what its own ghost claimed.
        row.queries = try Set(row.queries).union(old.map { try claims(of: $0, tables) } ?? []).sorted()
        let result = try claim(row, row.priority, instead: old, tables)
        if let old {
            try tables.pairs.delete(old)
            tables.matches.leave(old.id)
        }
        try tables.pairs.add(row, .none)
        noteOthers(row, claimed: result.claimed, tables)
        if old == nil { tables.totals.change("pairs", CatalogueSchema.Status.removed.name, 1) }
        for query in result.claimed { tables.totals.touch(query) }
        name(row.queries)
        try drop(result.displaced, tables)
    }

    /// Takes in a place where another store saw a pair that stands here too.
    func note(_ sighting: Sighting, _ tables: Catalogue.Tables) throws {
        guard let standing = try tables.pairs.standing(sighting.image, sighting.group),
            standing.key != sighting.key,
            try tables.pairs.outcome(of: sighting.key, group: sighting.group) == nil
        else { return }
        try addSeen(sighting, tables)
    }
}
