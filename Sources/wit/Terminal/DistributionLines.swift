import CommandKit
import QueryBank

/// How pairs spread over queries, for people.
enum DistributionLines {
    static func fact(_ name: String, _ value: String) -> String { "\(Format.column(name, 10)) \(value)" }

    static func lines(_ summary: QueryDistribution.Summary) -> [String] {
        [
            fact(
                "queries",
                "\(Format.count(summary.queries)) in the list: \(Format.count(summary.queriesWithNoPair)) without a pair, "
                    + "\(Format.count(summary.queriesWithFew)) with 1–\(QueryDistribution.few), "
                    + "\(Format.count(summary.queriesAtCap)) at the cap of \(Format.count(summary.perQuery))"),
            fact(
                "claims",
                "\(Format.count(summary.claims)), \(share(summary.headShareOfClaims)) held by the head; "
                    + "median \(Format.count(summary.medianClaims)) a query that has any"),
            fact(
                "matches",
                "\(Format.count(summary.matches)), \(share(summary.headShareOfMatches)) held by the head of "
                    + "\(Format.count(summary.headQueries)) queries; median \(Format.count(summary.medianMatches))"
            ),
        ]
    }

    private static func share(_ value: Double) -> String { Format.decimal(100 * value, 1) + "%" }
}
