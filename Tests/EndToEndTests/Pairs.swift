import Foundation
import Testing

/// One line of `wit ls --json`, as far as these tests read it.
struct ListedPair: Decodable, Hashable {
    let key: String
    let sha256: String
    let text: String
    let priority: String
    let queries: [UInt32]
    let claims: [UInt32]
    let shard: String
    let offset: Int64
    let bytes: Int64
    let format: String
    let width: Int
    let height: Int
}

/// What a set of pairs is compared by: DESIGN.md's invariant.
struct PairIdentity: Hashable {
    let sha256: String
    let text: String
    let claims: [UInt32]
}

extension Program {
    /// All live pairs of a store.
    static func pairs(in store: String) async throws -> [ListedPair] {
        let outcome = try await wit(["ls", store, "--json", "--limit", "0"])
        try #require(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n")
        return try lines.map { try JSONDecoder().decode(ListedPair.self, from: Data($0.utf8)) }
    }

    /// The set that a store holds, as the invariant compares it.
    static func identities(in store: String) async throws -> Set<PairIdentity> {
        Set(
            try await pairs(in: store).map {
                PairIdentity(sha256: $0.sha256, text: $0.text, claims: $0.claims)
            })
    }
}

/// The balance rule at its simplest: all pairs offered, sorted by priority at once, the first `perQuery` of each query.
func oracle(_ offered: [ListedPair], perQuery: Int) -> Set<PairIdentity> {
    var held: [UInt32: Int] = [:]
    var kept: Set<PairIdentity> = []
    for pair in offered.sorted(by: { $0.priority < $1.priority }) {
        let claims = pair.queries.filter { held[$0, default: 0] < perQuery }
        for query in claims { held[query, default: 0] += 1 }
        if !claims.isEmpty { kept.insert(PairIdentity(sha256: pair.sha256, text: pair.text, claims: claims)) }
    }
    return kept
}
