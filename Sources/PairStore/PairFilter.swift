public import QueryBank

/// Which pairs a listing gives; every condition that is set must hold.
public struct PairFilter: Sendable, Equatable {
    /// Only pairs that match this query.
    public var query: QueryID?
    /// With `query`: only pairs that it claims, not those that merely contain it.
    public var onlyClaims: Bool
    /// Only pictures from this host, in lower case.
    public var host: String?
    /// Only texts that hold all of these words, ASCII case ignored.
    public var textWords: [String]
    /// Only texts with all of these words, "phrases in quotes" or beginnings*, found by full-text search: letter
    /// case and accents make no difference. The first search of a store makes its index.
    public var search: String?
    /// Also pairs that are not live; without it evicted, superseded and removed pairs are left out.
    public var includesDead: Bool

    /// All live pairs, unless a condition says otherwise.
    public init(
        query: QueryID? = nil, onlyClaims: Bool = false, host: String? = nil, textWords: [String] = [],
        search: String? = nil, includesDead: Bool = false
    ) {
        self.query = query
        self.onlyClaims = onlyClaims
        self.host = host
        self.textWords = textWords
        self.search = search
        self.includesDead = includesDead
    }

    /// The filter as SQL on `p`, of all pairs or some, and the statement's binding; `query` is the caller's to look up.
    func sql(among ids: [Int64]? = nil) -> String {
        var conditions = ["p.id > ?1"]
        if let ids { conditions.append("p.id IN (\(ids.map(String.init).joined(separator: ",")))") }
        if !includesDead { conditions.append("p.status = 0") }
        if host != nil { conditions.append("p.origin IN (SELECT id FROM origins WHERE host = ?3)") }
        for index in textWords.indices { conditions.append("p.text LIKE ?\(4 + index) ESCAPE '\\'") }
        return PairRow.select + "WHERE " + conditions.joined(separator: " AND ") + " ORDER BY p.id LIMIT ?2"
    }

    func bind(_ statement: SQLStatement, after: Int64, limit: Int) {
        statement.bind(1, after).bind(2, Int64(limit))
        if let host { statement.bind(3, host.lowercased()) }
        for (index, word) in textWords.enumerated() {
            let escaped = word.map { "%_\\".contains($0) ? "\\\($0)" : String($0) }.joined()
            statement.bind(Int32(4 + index), "%\(escaped)%")
        }
    }
}
