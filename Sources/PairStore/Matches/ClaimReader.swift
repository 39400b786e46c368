internal import GRDB
internal import QueryBank

/// Says which queries a pair holds, from the catalogue as it is: those that are not full, or whose threshold the pair does
/// not exceed.
struct ClaimReader {
    private let table: MatchTable
    private let priorities: PairPriorities
    private let state: SQLStatement
    private let waiting = Waiting()

    /// Matches that are not in the table yet, read when first asked for.
    private final class Waiting {
        var matches: WaitingMatches?
    }

    init(_ database: Database) throws {
        table = try MatchTable(database)
        priorities = try PairPriorities(database)
        state = try SQLStatement(database, "SELECT claims, u FROM query_state WHERE query = ?")
    }

    func claims(of row: PairRow) throws -> [QueryID] {
        guard row.status.holdsClaims else { return [] }
        return try row.queries.filter { try holds($0, row.match) }
    }

    private func holds(_ query: QueryID, _ match: Match) throws -> Bool {
        guard
            let (held, threshold) = try state.bind(1, Int64(query)).first({ ($0.int(0), $0.optionalInt(1)) })
        else { return false }
        guard let threshold, match.u >= threshold else { return true }
        return try match.u == threshold && holdsTie(query, match, held: Int(held))
    }

    private func holdsTie(_ query: QueryID, _ match: Match, held: Int) throws -> Bool {
        let holders = try table.holders(
            of: query, at: match.u, held: held, waiting: matchesBeyondTable().matches(of: query),
            stands: { try table.isStanding($0.pair) }, priority: { try priorities.priority(of: $0.pair) })
        return holders.contains(match)
    }

    private func matchesBeyondTable() throws -> WaitingMatches {
        if let known = waiting.matches { return known }
        var matches = WaitingMatches()
        try table.forEachStanding(after: table.through) { match, queries in
            for query in queries { matches.add(query, match) }
        }
        waiting.matches = matches
        return matches
    }
}
