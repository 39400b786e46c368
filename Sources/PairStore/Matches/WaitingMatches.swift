internal import QueryBank

/// Matches of pairs that are not in the table yet: one list for all queries, in which each match knows the one before it
/// of its query.
struct WaitingMatches {
    private var entries: [Entry] = []
    /// Where the last match of a query stands in the list; -1 for none.
    private var last: [Int32] = []

    private struct Entry {
        let match: Match
        let query: QueryID
        let previous: Int32
    }

    mutating func add(_ query: QueryID, _ match: Match) {
        let query = Int(query)
        if query >= last.count {
            last += repeatElement(-1, count: max(query + 1, 2 * last.count) - last.count)
        }
        entries.append(Entry(match: match, query: QueryID(query), previous: last[query]))
        last[query] = Int32(entries.count - 1)
    }

    /// Matches of a query, the last that was added first.
    func matches(of query: QueryID) -> [Match] {
        var matches: [Match] = []
        guard Int(query) < last.count else { return matches }
        var next = last[Int(query)]
        while next >= 0 {
            let entry = entries[Int(next)]
            matches.append(entry.match)
            next = entry.previous
        }
        return matches
    }

    /// All of them as rows of the table, in its order; `block` gives that of a pair.
    func rows(_ block: (Int64) -> Int64) -> [MatchTable.Row] {
        let first = entries.map { block($0.match.pair) }.min() ?? 0
        var blocks: [[MatchTable.Row]] = []
        func add(_ query: QueryID, _ match: Match) {
            let block = block(match.pair)
            while blocks.count <= Int(block - first) { blocks.append([]) }
            blocks[Int(block - first)].append(.init(block: block, query: query, match: match))
        }
        for (query, place) in last.enumerated() where place >= 0 {
            let entry = entries[Int(place)]
            if entry.previous < 0 {
                // Most queries have one match.
                add(entry.query, entry.match)
            } else {
                for match in matches(of: QueryID(query)).sorted() { add(entry.query, match) }
            }
        }
        return Array(blocks.joined())
    }

    mutating func removeAll() {
        for entry in entries { last[Int(entry.query)] = -1 }
        entries.removeAll(keepingCapacity: true)
    }
}
