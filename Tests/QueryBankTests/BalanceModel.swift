import QueryBank
import TestSupport

/// A candidate of the model: what the crawler would offer.
struct ModelCandidate: Hashable {
    struct Group: Hashable {
        let picture: Int
        let text: Int
    }

    let group: Group
    let priority: Priority
    let queries: [QueryID]
}

/// What a run ends with, and what the oracle computes at once: the claims of every query, by ascending priority.
typealias Claims = [QueryID: [Priority]]

/// The rule of the design, by sorting everything at once.
func oracle(_ candidates: some Sequence<ModelCandidate>, perQuery: Int) -> Claims {
    var smallest: [ModelCandidate.Group: ModelCandidate] = [:]
    for candidate in candidates {
        if let held = smallest[candidate.group], held.priority < candidate.priority { continue }
        smallest[candidate.group] = candidate
    }
    var claims: Claims = [:]
    for candidate in smallest.values {
        for query in candidate.queries { claims[query, default: []].append(candidate.priority) }
    }
    return claims.mapValues { Array($0.sorted().prefix(perQuery)) }
}

/// A store in miniature: groups with the claims they hold, asking `Balance` as the real one does.
struct ModelStore {
    struct Pair {
        var candidate: ModelCandidate
        var claims: Set<QueryID>
        var isGhost = false
    }

    private(set) var balance: Balance
    private(set) var pairs: [ModelCandidate.Group: Pair] = [:]
    private(set) var ledger = MemoryClaimLedger<ModelCandidate.Group>()
    /// Groups whose further members are not eligible.
    private(set) var removed: Set<ModelCandidate.Group> = []

    init(queryCount: Int, perQuery: Int) { balance = Balance(queryCount: queryCount, perQuery: perQuery) }

    /// Whether the picture would be asked for at all.
    func mayClaim(_ candidate: ModelCandidate) -> Bool {
        !removed.contains(candidate.group)
            && balance.mayClaim(u: candidate.priority.u, queries: candidate.queries)
    }

    mutating func commit(_ candidate: ModelCandidate) throws {
        if removed.contains(candidate.group) { return }
        let result: CommitResult<ModelCandidate.Group>
        if let held = pairs[candidate.group] {
            guard candidate.priority < held.candidate.priority else { return }
            result = try balance.replace(
                old: candidate.group, oldPriority: held.candidate.priority, oldClaims: held.claims.sorted(),
                new: candidate.group, priority: candidate.priority, queries: candidate.queries,
                ledger: &ledger)
        } else {
            result = try balance.commit(
                pair: candidate.group, priority: candidate.priority, queries: candidate.queries,
                ledger: &ledger)
        }
        if result.claimed.isEmpty { return }
        pairs[candidate.group] = Pair(candidate: candidate, claims: Set(result.claimed))
        for (query, loser) in result.displaced {
            pairs[loser]?.claims.remove(query)
            if pairs[loser]?.claims.isEmpty ?? false { pairs[loser] = nil }
        }
    }

    /// Takes a pair away; its ghost keeps the claims.
    mutating func remove(_ group: ModelCandidate.Group) {
        removed.insert(group)
        pairs[group]?.isGhost = true
    }

    /// Runs a body that may end in a crash, after which nothing of it has happened.
    mutating func transaction(crashes: Bool, _ body: (inout ModelStore) throws -> Void) rethrows {
        let before = (pairs, ledger, removed)
        balance.begin()
        try body(&self)
        if crashes {
            balance.rollback()
            (pairs, ledger, removed) = before
        } else {
            balance.commitTransaction()
        }
    }

    /// The claims by the pairs' own account; the ledger's must be the same.
    var claims: Claims {
        var claims: Claims = [:]
        for pair in pairs.values {
            for query in pair.claims { claims[query, default: []].append(pair.candidate.priority) }
        }
        return claims.mapValues { $0.sorted() }
    }
}

/// Streams of candidates where everything that can collide does: few queries, few pictures, equal `u`.
struct ModelStream {
    var generator: SeededGenerator
    static let queryCount = 12

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func candidates(_ count: Int) -> [ModelCandidate] {
        let matches = (0..<30).map { _ in
            (0..<QueryID(Self.queryCount)).filter {
                $0 == 0 || UInt64.random(in: 0..<6, using: &generator) < 1
            }
        }
        return (0..<count).map { index in
            let group = ModelCandidate.Group(
                picture: Int.random(in: 0..<8, using: &generator),
                text: Int.random(in: 0..<30, using: &generator))
            let priority = Priority(
                u: UInt64.random(in: 0..<60, using: &generator), imageURL: "https://i/\(index * 7919 % 1009)",
                text: "t\(group.text)")
            return ModelCandidate(group: group, priority: priority, queries: matches[group.text])
        }
    }

    mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &generator) == 0 }
}
