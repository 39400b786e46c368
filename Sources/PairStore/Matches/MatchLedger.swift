internal import GRDB
internal import QueryBank

/// Who holds claims, for the rule: matches of full queries from the largest claim down, and all that is not in the table yet.
///
/// A query's claims are its matches among standing pairs up to its threshold, so nothing is written for a claim.
final class MatchLedger: ClaimLedger {
    private let priorities: PairPriorities
    private var table: MatchTable
    /// Matches of pairs beyond `table.through`.
    private var waiting = WaitingMatches()
    private var counts = ClaimCounts()
    private var tops: [QueryID: Top] = [:]
    private var entries = 0
    /// As of the last commit.
    private var balance: Balance?
    /// Claims that this transaction struck.
    private var struck: Set<Struck> = []
    /// The pair that is being decided on: it has no row yet.
    private var newcomer: (pair: Int64, priority: Priority)?
    /// What waits is not what the catalogue says: a transaction was rolled back.
    private var isStale = true

    private struct Struck: Hashable {
        let query: QueryID
        let pair: Int64
    }

    /// The largest claims of a query, ascending, as far down as `floor`.
    private final class Top {
        var claims: [Match] = []
        /// What lies at or below has not been looked at; `nil` when all has.
        var unread: Int64?

        init(unread: Int64) { self.unread = unread }

        func insert(_ match: Match) {
            var (low, high) = (0, claims.count)
            while low < high {
                let middle = (low + high) / 2
                if claims[middle] < match { low = middle + 1 } else { high = middle }
            }
            claims.insert(match, at: low)
        }
    }

    /// Claims that are looked up at once: so many, or for each block of matches so many, for a look into all blocks pays only
    /// if it brings enough of each. And the most that are remembered, 16 bytes each.
    private static let (atOnce, atOnceOfBlock) = (512, 32)
    private static let mostEntries = 4 << 20

    init(_ database: Database) throws {
        priorities = try PairPriorities(database)
        table = try MatchTable(database)
    }

    /// Starts a transaction that decides on pairs, from what was last committed.
    func begin(_ balance: Balance) throws {
        self.balance = balance
        struck.removeAll(keepingCapacity: true)
        newcomer = nil
        if entries > Self.mostEntries { forgetTops() }
        try refresh()
    }

    /// Reads what waits out of the pairs' own rows, if it is not known.
    private func refresh() throws {
        guard isStale else { return }
        try table.reread()
        waiting.removeAll()
        try table.forEachStanding(after: table.through) { match, queries in
            for query in queries { waiting.add(query, match) }
        }
        isStale = false
    }

    /// Forgets what a rolled-back transaction did.
    func forget() {
        forgetTops()
        struck.removeAll()
        counts = ClaimCounts()
        isStale = true
    }

    private func forgetTops() {
        tops.removeAll()
        entries = 0
    }

    // MARK: The rule's questions

    /// Names the pair that is about to be decided on.
    func introduce(_ pair: Int64, _ priority: Priority) {
        newcomer = (pair, priority)
        counts.note(pair, claims: 0)
    }

    /// A pair holds nothing from now on: it has left the set, or never entered it.
    func leave(_ pair: Int64) { counts.note(pair, stands: false) }

    /// Whether a pair is known to hold a claim still.
    func holdsSome(_ pair: Int64) -> Bool { counts.holdsSome(pair) }

    /// Notes how many claims a pair was found to hold.
    func note(_ pair: Int64, claims: Int) { counts.note(pair, claims: claims) }

    func largestClaim(of query: QueryID) throws -> (pair: Int64, priority: Priority)? {
        let top = try top(of: query)
        while true {
            try settleTie(top)
            guard let last = top.claims.last else {
                guard top.unread != nil else { return nil }
                try read(query, top)
                continue
            }
            if try stands(last) { return (last.pair, try priority(last)) }
            top.claims.removeLast()
        }
    }

    func addClaim(of query: QueryID, by pair: Int64, priority: Priority) {
        let match = Match(u: Stored.ordered(priority.u), pair: pair)
        addMatch(query, match)
        counts.add(pair)
        guard let top = tops[query], top.unread.map({ match.u > $0 }) ?? true else { return }
        top.insert(match)
        entries += 1
    }

    func removeClaim(of query: QueryID, by pair: Int64, priority: Priority) {
        struck.insert(Struck(query: query, pair: pair))
        counts.lose(pair)
        guard let top = tops[query] else { return }
        if top.claims.last?.pair == pair {
            top.claims.removeLast()
        } else {
            top.claims.removeAll { $0.pair == pair }
        }
    }

    /// Notes a match that holds no claim.
    func addMatch(_ query: QueryID, _ match: Match) { waiting.add(query, match) }

    /// Whether a standing pair holds a query whose threshold has the pair's own `u`; the query holds `held` claims.
    func holdsTie(_ query: QueryID, _ match: Match, held: Int) throws -> Bool {
        try holders(of: query, at: match.u, held: held).contains(match)
    }

    // MARK: Looking up

    private func top(of query: QueryID) throws -> Top {
        if let top = tops[query] { return top }
        let threshold = balance?.threshold(of: query).map(Stored.ordered)
        let top = Top(unread: threshold ?? .max)
        tops[query] = top
        try read(query, top)
        if let threshold { try dropDisplaced(query, top, at: threshold) }
        return top
    }

    private func read(_ query: QueryID, _ top: Top) throws {
        guard let unread = top.unread else { return }
        let blocks = table.blocks?.count ?? 0
        let share = min(Self.atOnceOfBlock * blocks, Self.mostEntries / 2 / tops.count)
        let found = try table.largest(of: query, upTo: unread, count: max(Self.atOnce, share))
        let floor = found.floor ?? .min
        var claims = found.matches
        claims += waiting.matches(of: query).filter { $0.u <= unread && $0.u >= floor }
        if !struck.isEmpty { claims.removeAll { isStruck(query, $0) } }
        top.claims = claims.sorted()
        top.unread = found.floor.flatMap { $0 == .min ? nil : $0 - 1 }
        entries += claims.count
    }

    /// Of several with the threshold's own `u` some may have been displaced by others.
    private func dropDisplaced(_ query: QueryID, _ top: Top, at threshold: Int64) throws {
        guard let balance, top.claims.count > 1, top.claims[top.claims.count - 2].u == threshold else {
            return
        }
        let holders = try holders(of: query, at: threshold, held: balance.perQuery)
        top.claims.removeAll { $0.u == threshold && !holders.contains($0) }
    }

    private func holders(of query: QueryID, at u: Int64, held: Int) throws -> Set<Match> {
        try table.holders(
            of: query, at: u, held: held, waiting: waiting.matches(of: query),
            stands: { try !isStruck(query, $0) && stands($0) }, priority: fullPriority)
    }

    /// Puts the largest last where several have its `u`.
    private func settleTie(_ top: Top) throws {
        guard let last = top.claims.last, top.claims.count > 1, top.claims[top.claims.count - 2].u == last.u
        else { return }
        let tied = try top.claims.filter { try $0.u == last.u && stands($0) }
        let known = try tied.map { (match: $0, priority: try fullPriority($0)) }
        top.claims.removeAll { $0.u == last.u }
        top.claims += known.sorted { $0.priority < $1.priority }.map(\.match)
    }

    private func isStruck(_ query: QueryID, _ match: Match) -> Bool {
        struck.contains(Struck(query: query, pair: match.pair))
    }

    private func stands(_ match: Match) throws -> Bool {
        if let known = counts.stands(match.pair) { return known }
        let stands = try table.isStanding(match.pair)
        counts.note(match.pair, stands: stands)
        return stands
    }

    /// A match's priority, with URL and text only where they decide.
    private func priority(_ match: Match) throws -> Priority {
        let u = Stored.unsigned(match.u)
        if let newcomer, newcomer.priority.u != u { return Priority(u: u, imageURL: "", text: "") }
        return try fullPriority(match)
    }

    private func fullPriority(_ match: Match) throws -> Priority {
        if let newcomer, match.pair == newcomer.pair { return newcomer.priority }
        return try priorities.priority(of: match.pair)
    }

    // MARK: Writing down

    /// Writes what waits into the table: once a block's worth is there, or all of it at a store's closing.
    func write(_ database: Database, lastPair: Int64, all: Bool = false) throws {
        try refresh()
        guard lastPair > table.through, all || lastPair - table.through >= table.size else { return }
        try table.write(waiting.rows(table.block), through: lastPair, database)
        waiting.removeAll()
    }
}
