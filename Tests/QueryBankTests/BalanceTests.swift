import QueryBank
import TestSupport
import Testing

@Suite struct BalanceTests {
    /// Any order, group commits, crashes, candidates that fail and heal later, and members of a group of every size.
    @Test(arguments: UInt64(1)...60) func everyRunEndsAsTheOracleSays(seed: UInt64) throws {
        var stream = ModelStream(seed: seed)
        let perQuery = Int.random(in: 1...6, using: &stream.generator)
        let candidates = stream.candidates(Int.random(in: 1...400, using: &stream.generator))
        var store = ModelStore(queryCount: ModelStream.queryCount, perQuery: perQuery)
        var queue = candidates.shuffled(using: &stream.generator)
        var eligible = Set(candidates)
        var asked: [ModelCandidate] = []
        while !queue.isEmpty || !asked.isEmpty {
            // Some are asked for; others come back to the queue, or fail for good.
            for _ in 0..<Int.random(in: 0...9, using: &stream.generator) {
                guard let candidate = queue.popLast() else { break }
                if stream.chance(5) {
                    queue.insert(candidate, at: Int.random(in: 0...queue.count, using: &stream.generator))
                } else if stream.chance(12) {
                    eligible.remove(candidate)
                } else if store.mayClaim(candidate), eligible.contains(candidate) {
                    asked.append(candidate)
                }
            }
            // What was asked for arrives in any order, some of it much later.
            asked.shuffle(using: &stream.generator)
            let batch = Array(asked.suffix(Int.random(in: 0...6, using: &stream.generator)))
            let crashes = stream.chance(4)
            try store.transaction(crashes: crashes) { for candidate in batch { try $0.commit(candidate) } }
            if !crashes { asked.removeLast(batch.count) }
        }
        expectConsistent(store, perQuery: perQuery)
        #expect(store.claims == oracle(eligible, perQuery: perQuery))
    }

    @Test(arguments: UInt64(1)...40) func aSmallerCapIsTheFirstClaims(seed: UInt64) throws {
        var stream = ModelStream(seed: seed)
        let candidates = stream.candidates(300)
        let large = try run(candidates.shuffled(using: &stream.generator), perQuery: 7)
        for perQuery in 1..<7 {
            let small = try run(candidates.shuffled(using: &stream.generator), perQuery: perQuery)
            #expect(small.claims == large.claims.mapValues { Array($0.prefix(perQuery)) })
        }
    }

    /// Stores of the parts of a stream, merged by offering their pairs to the rule again, in any grouping.
    @Test(arguments: UInt64(1)...40) func splitsMergeIntoTheWhole(seed: UInt64) throws {
        var stream = ModelStream(seed: seed)
        let candidates = stream.candidates(300)
        let perQuery = Int.random(in: 1...6, using: &stream.generator)
        let whole = try run(candidates, perQuery: perQuery).claims
        var parts = [[ModelCandidate]](repeating: [], count: 4)
        for candidate in candidates {
            parts[Int.random(in: 0..<4, using: &stream.generator)].append(candidate)
        }
        var stores = try parts.map { try run($0, perQuery: perQuery).pairs.values.map(\.candidate) }
        while stores.count > 1 {
            stores.shuffle(using: &stream.generator)
            let merged = stores.removeLast() + stores.removeLast()
            let store = try run(merged.shuffled(using: &stream.generator), perQuery: perQuery)
            stores.append(store.pairs.values.map(\.candidate))
        }
        #expect(try run(stores[0], perQuery: perQuery).claims == whole)
        #expect(try run(stores[0] + stores[0], perQuery: perQuery).claims == whole)
    }

    /// A removed pair leaves a ghost that holds its place: the others end as if it had stayed.
    @Test(arguments: UInt64(1)...40) func removalFreesNothing(seed: UInt64) throws {
        var stream = ModelStream(seed: seed)
        let perQuery = Int.random(in: 1...5, using: &stream.generator)
        var store = ModelStore(queryCount: ModelStream.queryCount, perQuery: perQuery)
        var offered: [ModelCandidate] = []
        for candidate in stream.candidates(400) {
            if stream.chance(10), let victim = store.pairs.keys.randomElement(using: &stream.generator) {
                let thresholds = (0..<QueryID(ModelStream.queryCount)).map { store.balance.threshold(of: $0) }
                store.remove(victim)
                #expect(
                    thresholds
                        == (0..<QueryID(ModelStream.queryCount)).map { store.balance.threshold(of: $0) })
            }
            guard store.mayClaim(candidate) else {
                if !store.removed.contains(candidate.group) { offered.append(candidate) }
                continue
            }
            offered.append(candidate)
            try store.commit(candidate)
        }
        expectConsistent(store, perQuery: perQuery)
        #expect(store.claims == oracle(offered, perQuery: perQuery))
    }

    @Test func thresholdsOnlyFall() throws {
        var stream = ModelStream(seed: 5)
        var store = ModelStore(queryCount: ModelStream.queryCount, perQuery: 3)
        var last = [UInt64](repeating: .max, count: ModelStream.queryCount)
        for candidate in stream.candidates(500) {
            try store.commit(candidate)
            for query in 0..<ModelStream.queryCount {
                let now = store.balance.threshold(of: QueryID(query)) ?? .max
                #expect(now <= last[query])
                last[query] = now
            }
        }
    }

    @Test func tiesGoByURLThenText() throws {
        var balance = Balance(queryCount: 1, perQuery: 1)
        var ledger = MemoryClaimLedger<Int>()
        let order = [("a", "b"), ("a", "c"), ("b", "a")].map { Priority(u: 7, imageURL: $0.0, text: $0.1) }
        #expect(order == order.sorted())
        for (index, priority) in order.reversed().enumerated() {
            #expect(balance.mayClaim(u: 7, queries: [0]))
            let result = try balance.commit(pair: index, priority: priority, queries: [0], ledger: &ledger)
            #expect(result.claimed == [0])
            #expect(result.displaced.map(\.pair) == (index == 0 ? [] : [index - 1]))
        }
        let late = try balance.commit(pair: 9, priority: order[2], queries: [0], ledger: &ledger)
        #expect(late.claimed.isEmpty && late.displaced.isEmpty)
        #expect(!balance.mayClaim(u: 8, queries: [0]))
    }

    @Test func aLedgerThatFailsIsRolledBack() throws {
        var balance = Balance(queryCount: 3, perQuery: 1)
        var ledger = FailingLedger()
        balance.begin()
        _ = try balance.commit(
            pair: 1, priority: Priority(u: 5, imageURL: "a", text: ""), queries: [0], ledger: &ledger)
        balance.commitTransaction()
        balance.begin()
        ledger.additionsLeft = 1
        let smaller = Priority(u: 4, imageURL: "a", text: "")
        #expect(throws: FailingLedger.Full.self) {
            try balance.commit(pair: 2, priority: smaller, queries: [1, 0, 2], ledger: &ledger)
        }
        balance.rollback()
        #expect((0..<3).map { balance.count(of: $0) } == [1, 0, 0])
        #expect(balance.threshold(of: 0) == 5)
        #expect(balance.threshold(of: 1) == nil)
    }

    @Test func aRestoredBalanceGoesOn() throws {
        var stream = ModelStream(seed: 9)
        var store = ModelStore(queryCount: ModelStream.queryCount, perQuery: 2)
        for candidate in stream.candidates(100) { try store.commit(candidate) }
        var restored = Balance(queryCount: ModelStream.queryCount, perQuery: 2)
        for query in 0..<QueryID(ModelStream.queryCount) {
            let count = store.balance.count(of: query)
            restored.restore(query: query, count: count, thresholdU: store.balance.threshold(of: query) ?? 0)
        }
        for candidate in stream.candidates(200) {
            #expect(
                restored.mayClaim(u: candidate.priority.u, queries: candidate.queries)
                    == store.balance.mayClaim(u: candidate.priority.u, queries: candidate.queries))
        }
    }

    private func run(_ candidates: [ModelCandidate], perQuery: Int) throws -> ModelStore {
        var store = ModelStore(queryCount: ModelStream.queryCount, perQuery: perQuery)
        for candidate in candidates where store.mayClaim(candidate) { try store.commit(candidate) }
        expectConsistent(store, perQuery: perQuery)
        return store
    }

    private func expectConsistent(_ store: ModelStore, perQuery: Int) {
        for query in 0..<QueryID(ModelStream.queryCount) {
            let held = store.claims[query] ?? []
            #expect(store.ledger.claims[query, default: []].map(\.priority) == held)
            #expect(store.balance.count(of: query) == held.count && held.count <= perQuery)
            #expect(store.balance.threshold(of: query) == (held.count == perQuery ? held.last?.u : nil))
        }
    }
}

/// A ledger whose medium fills up.
private struct FailingLedger: ClaimLedger {
    struct Full: Error {}

    var inner = MemoryClaimLedger<Int>()
    var additionsLeft = Int.max

    mutating func largestClaim(of query: QueryID) -> (pair: Int, priority: Priority)? {
        inner.largestClaim(of: query)
    }

    mutating func addClaim(of query: QueryID, by pair: Int, priority: Priority) throws {
        if additionsLeft == 0 { throw Full() }
        additionsLeft -= 1
        inner.addClaim(of: query, by: pair, priority: priority)
    }

    mutating func removeClaim(of query: QueryID, by pair: Int, priority: Priority) {
        inner.removeClaim(of: query, by: pair, priority: priority)
    }
}
