internal import GRDB
internal import QueryBank

/// The pairs of a view, as of a commit: one pass over the set in ascending priority.
struct ViewSelection {
    /// One bit for each pair number.
    private var bits: [UInt64] = []
    private(set) var pairs = 0
    private(set) var bytes: Int64 = 0
    private(set) var beyondCap = 0
    private(set) var duplicates = 0
    /// For each query, the claims it holds under the cap, and the kept pairs that contain it.
    private(set) var claims: [Int]
    private(set) var matches: [Int]

    private let cap: StoreView.Cap?
    /// The places of each query.
    private let perQuery: Int
    private var sampler: MetaCLIPSampler?
    private let distance: Int?
    /// By algorithm: hashes of different ones do not compare.
    private var indexes: [Int64: HammingIndex] = [:]
    /// SHA-256 of kept pictures that have no hash.
    private var unhashed: Set<[UInt8]> = []

    /// A pair of the set, or a ghost, which holds its places and is never kept itself.
    private struct Member {
        let id: Int64
        let u: Int64
        let isGhost: Bool
        let key: [UInt8]
        let queries: [QueryID]
        let phash: UInt64
        let algorithm: Int64
        let bytes: Int64
        /// Of a picture that has no hash; empty for others.
        let sha256: [UInt8]

        init(_ row: SQLStatement) {
            (id, u) = (row.int(0), row.int(1))
            isGhost = row.int(2) == CatalogueSchema.Status.removed.rawValue
            (key, queries) = (row.blob(3), Stored.decode(row.blob(4)))
            (phash, algorithm, bytes) = (UInt64(bitPattern: row.int(5)), row.int(6), row.int(7))
            sha256 = row.blob(8)
        }
    }

    init(_ view: StoreView, _ configuration: StoreConfiguration, commit: Int64, _ database: Database) throws {
        try view.validate(configuration)
        (cap, distance) = (view.cap, view.duplicateDistance)
        perQuery = view.cap?.perQuery ?? configuration.perQuery
        claims = [Int](repeating: 0, count: configuration.queryCount)
        matches = claims
        if case .draws(let perQuery, let seed) = view.cap {
            let counts = try Self.matchCounts(configuration, commit: commit, database)
            sampler = MetaCLIPSampler(matchCounts: counts, perQuery: perQuery, seed: seed)
        }
        try Self.inOrder(commit, database) { try take($0, configuration) }
        if sampler != nil { claims = matches }
    }

    func contains(_ id: Int64) -> Bool {
        let word = Int(id >> 6)
        return id >= 0 && word < bits.count && bits[word] & 1 << UInt64(id & 63) != 0
    }

    func summary(_ configuration: StoreConfiguration) -> ViewSummary {
        ViewSummary(
            pairs: pairs, bytes: bytes, beyondCap: beyondCap, duplicates: duplicates,
            distribution: QueryDistribution(
                claims: claims, matches: matches, perQuery: perQuery))
    }

    // MARK: The rule

    private mutating func take(_ member: Member, _ configuration: StoreConfiguration) throws {
        guard member.queries.allSatisfy({ Int($0) < configuration.queryCount }) else {
            throw StoreError(.damaged, "pair \(member.id)", "matches a query beyond the list; run wit verify")
        }
        let isWithinCap = holdsPlace(member)
        if member.isGhost { return }
        guard isWithinCap else { return beyondCap += 1 }
        guard isApart(member) else { return duplicates += 1 }
        pairs += 1
        bytes += member.bytes
        for query in member.queries { matches[Int(query)] += 1 }
        let word = Int(member.id >> 6)
        if bits.count <= word {
            bits += [UInt64](repeating: 0, count: max(word + 1 - bits.count, bits.count))
        }
        bits[word] |= 1 << UInt64(member.id & 63)
    }

    private mutating func holdsPlace(_ member: Member) -> Bool {
        if let sampler {
            let key = CandidateKey(bytes: member.key)
            return key.map { sampler.keeps($0, queries: member.queries) } ?? false
        }
        // Every member before this one that matches a query took one of its places.
        var holds = cap == nil
        for query in member.queries where claims[Int(query)] < perQuery {
            claims[Int(query)] += 1
            holds = true
        }
        return holds
    }

    private mutating func isApart(_ member: Member) -> Bool {
        guard let distance else { return true }
        // How it looks is not known, but equal bytes are the same picture.
        if !member.sha256.isEmpty { return unhashed.insert(member.sha256).inserted }
        return indexes[member.algorithm, default: HammingIndex(distance: distance)].insert(member.phash)
    }

    // MARK: The catalogue

    /// Pairs that were in the set at a commit, and ghosts of pairs added by then.
    private static let condition = """
        FROM pairs WHERE born <= ?1 AND (status = 0 OR status = 3 OR died > ?1)
        """

    /// Members in ascending priority. Equal `u` are settled by URL and text, as claims are.
    private static func inOrder(
        _ commit: Int64, _ database: Database, _ body: (Member) throws -> Void
    ) throws {
        let whole = try PairPriorities(database)
        var tied: [Member] = []
        func settle() throws {
            if tied.count > 1 {
                let priorities = try tied.map { ($0, try whole.priority(of: $0.id)) }
                tied = priorities.sorted { $0.1 < $1.1 }.map(\.0)
            }
            for member in tied { try body(member) }
            tied.removeAll(keepingCapacity: true)
        }
        try SQLStatement(
            database,
            """
            SELECT id, u, status, key, queries, phash, phash_algorithm, bytes,
              CASE phash_algorithm WHEN 0 THEN sha256 END \(condition) ORDER BY u
            """
        ).bind(1, commit).forEach { row in
            let member = Member(row)
            if let first = tied.first, first.u != member.u { try settle() }
            tied.append(member)
            return true
        }
        try settle()
    }

    private static func matchCounts(
        _ configuration: StoreConfiguration, commit: Int64, _ database: Database
    ) throws -> [Int] {
        var counts = [Int](repeating: 0, count: configuration.queryCount)
        try SQLStatement(database, "SELECT queries \(condition) AND status != 3").bind(1, commit).forEach {
            for query in Stored.decode($0.blob(0)) where Int(query) < counts.count { counts[Int(query)] += 1 }
            return true
        }
        return counts
    }
}
