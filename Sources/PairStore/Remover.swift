internal import Digest
internal import GRDB
internal import QueryBank

/// Takes pairs out of a store: their URLs, texts and sums at once, their pictures at the next compaction.
///
/// A pair goes with its whole group: whoever names one place of a picture with a text names the picture with the
/// text. What stays of a live pair is a ghost, its `u` and its claims, so that no threshold rises.
struct Remover {
    private let session: StoreSession
    private let search: RemovalSearch

    init(_ session: StoreSession, _ search: RemovalSearch) {
        (self.session, self.search) = (session, search)
    }

    /// Removes durably: first into `removals.log`, then in one transaction.
    func run(at milliseconds: Int64) throws -> RemovalReport {
        let catalogue = session.catalogue
        let findings = try catalogue.inDatabase { try search.run($0) }
        let ghosts = try catalogue.transaction { transaction in
            let claims = try ClaimReader(transaction.database)
            return try findings.pairs.compactMap {
                try RemovalLog.Ghost(of: transaction.tables.pairs.row($0), claims)
            }
        }
        let known = try catalogue.transaction { try $0.tables.removals.all() }
        let rules = search.rules.union(findings.keys.map { Removal(.key, hash: $0) }).subtracting(known)
        var report = RemovalReport()
        if rules.isEmpty && findings.pairs.isEmpty { return report }
        try RemovalLog(session.paths, session.files).append(rules, ghosts, at: milliseconds)
        try SearchFile.delete(session.paths, session.files)
        let configuration = session.manifest.configuration
        try catalogue.transaction { transaction in
            let balance = try QueryStates(configuration, transaction.database).balance
            let meta = Meta(transaction.database)
            let commit = try meta.commitNumber() + 1
            for rule in rules { try transaction.tables.removals.add(rule, at: milliseconds) }
            let scrub = try Scrub(transaction, commit: commit)
            for id in findings.pairs { try scrub.remove(id, &report) }
            for group in findings.groups { try scrub.removeSightings(of: group, &report) }
            // Pairs changed that were read before.
            transaction.tables.matches.forget()
            try transaction.tables.totals.write(balance)
            try meta.set(commitNumber: commit, nextPair: meta.nextPair())
        }
        return report
    }
}

/// What a removal did.
public struct RemovalReport: Sendable, Codable, Equatable {
    /// Live pairs taken out of the set.
    public var pairs = 0
    /// Evicted and superseded pairs taken out.
    public var dead = 0
    /// Further places of these pairs that were forgotten.
    public var sightings = 0

    /// Nothing removed.
    public init() {}
}

/// The statements that take a pair's content out of the catalogue.
private struct Scrub {
    private let transaction: Catalogue.Transaction
    private let commit: Int64
    private let blank: SQLStatement
    private let forget: SQLStatement
    private let count: SQLStatement
    private let claims: ClaimReader

    init(_ transaction: Catalogue.Transaction, commit: Int64) throws {
        (self.transaction, self.commit) = (transaction, commit)
        claims = try ClaimReader(transaction.database)
        // The place stays until compaction has dropped the bytes. Of the matches only those that hold a claim stay:
        // they are the ghost, and tell a view of a smaller cap what the ghost takes.
        blank = try SQLStatement(
            transaction.database,
            """
            UPDATE pairs SET status = 3, died = coalesce(died, ?), text = '', path = '', origin = 0, page = 0,
              phash = 0, phash_algorithm = 0, text_source = 0, licence = NULL, language = NULL, width = 0,
              height = 0, fetched_at = 0, extra = NULL, queries = ? WHERE id = ?
            """)
        count = try SQLStatement(transaction.database, "SELECT count(*) FROM seen WHERE grp = ?")
        forget = try SQLStatement(transaction.database, "DELETE FROM seen WHERE grp = ?")
    }

    func remove(_ id: Int64, _ report: inout RemovalReport) throws {
        let tables = transaction.tables
        let row = try tables.pairs.row(id)
        let origin = try tables.names.origin(of: row)
        // What it claims is all of its queries that a merge of stores asks for.
        let claims = try claims.claims(of: row)
        try tables.pairs.index.forgetOrigin(of: id, origin)
        try blank.bind(1, commit).bind(2, Stored.encode(claims)).bind(3, id).run()
        tables.totals.change("pairs", CatalogueSchema.Status.removed.name, 1)
        if row.status == .live {
            let isOnly = try !tables.pairs.isLive(image: row.sha256)
            tables.totals.count(row, PairClass(row), origin: origin, isOnlyOfImage: isOnly, sign: -1)
            report.pairs += 1
        } else {
            tables.totals.change("pairs", row.status.name, -1)
            report.dead += 1
        }
    }

    func removeSightings(of group: [UInt8], _ report: inout RemovalReport) throws {
        report.sightings += Int(try count.bind(1, group).first { $0.int(0) } ?? 0)
        try forget.bind(1, group).run()
    }
}
