/// How pairs spread over queries: what `wit info` prints about a store's balance.
public struct QueryDistribution: Sendable {
    /// The share of a list that counts as its head: 16,000 of 500,000 queries, which in MetaCLIP's data hold 94.5% of
    /// all matches (Xu et al. 2023).
    public static let headShare = 0.032
    /// A query with at most so many pairs has few: too few for a few-shot evaluation.
    public static let few = 9

    /// The numbers; the JSON names are the snake-case forms.
    public let summary: Summary
    /// Counts in descending order, zeros left out.
    let claimCurve: [Int]
    let matchCurve: [Int]
    let perQuery: Int

    /// Takes, for each row of the list, the claims its query holds and the pairs that contain it.
    public init(claims: [Int], matches: [Int], perQuery: Int) {
        precondition(claims.count == matches.count, "one count of each kind for a query")
        claimCurve = claims.filter { $0 > 0 }.sorted(by: >)
        matchCurve = matches.filter { $0 > 0 }.sorted(by: >)
        self.perQuery = perQuery
        let head = Int((Double(claims.count) * Self.headShare).rounded(.up))
        summary = Summary(
            queries: claims.count, queriesWithNoPair: claims.count - claimCurve.count,
            queriesWithFew: claimCurve.count { $0 <= Self.few },
            queriesAtCap: claimCurve.count { $0 >= perQuery }, perQuery: perQuery,
            claims: claimCurve.reduce(0, +), matches: matchCurve.reduce(0, +),
            medianClaims: Self.median(claimCurve), medianMatches: Self.median(matchCurve), headQueries: head,
            headShareOfClaims: Self.share(of: head, in: claimCurve),
            headShareOfMatches: Self.share(of: head, in: matchCurve))
    }

    private static func median(_ descending: [Int]) -> Int {
        descending.isEmpty ? 0 : descending[descending.count / 2]
    }

    private static func share(of head: Int, in descending: [Int]) -> Double {
        let all = descending.reduce(0, +)
        return all == 0 ? 0 : Double(descending.prefix(head).reduce(0, +)) / Double(all)
    }
}

extension QueryDistribution {
    /// The numbers of a distribution.
    public struct Summary: Codable, Sendable, Equatable {
        /// Rows of the list.
        public let queries: Int
        /// Queries without a claim.
        public let queriesWithNoPair: Int
        /// Queries with one claim to `QueryDistribution.few`.
        public let queriesWithFew: Int
        /// Queries that hold as many claims as they may.
        public let queriesAtCap: Int
        /// The cap.
        public let perQuery: Int
        /// Claims of all queries.
        public let claims: Int
        /// Matches of all queries: how often a pair contains one.
        public let matches: Int
        /// The median claims of queries that have any.
        public let medianClaims: Int
        /// The median matches of queries that have any.
        public let medianMatches: Int
        /// How many queries are the head.
        public let headQueries: Int
        /// The share of all claims that the head holds, 0...1.
        public let headShareOfClaims: Double
        /// The share of all matches that the head holds, 0...1.
        public let headShareOfMatches: Double

        private enum CodingKeys: String, CodingKey {
            case queries, claims, matches
            case queriesWithNoPair = "queries_with_no_pair"
            case queriesWithFew = "queries_with_few"
            case queriesAtCap = "queries_at_cap"
            case perQuery = "per_query"
            case medianClaims = "median_claims"
            case medianMatches = "median_matches"
            case headQueries = "head_queries"
            case headShareOfClaims = "head_share_of_claims"
            case headShareOfMatches = "head_share_of_matches"
        }
    }
}
