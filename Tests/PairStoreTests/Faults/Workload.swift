import Foundation
import QueryBank
import Synchronization
import TestSupport

@testable import PairStore

/// How much the fault tests do: a short form by default, `WIT_FAULT_RUNS` runs of each class when it is set.
enum FaultRuns {
    static let count = ProcessInfo.processInfo.environment["WIT_FAULT_RUNS"].flatMap(Int.init) ?? 24
    static var isLong: Bool { count >= 500 }

    /// Says what was tried, for the table that `scripts/fault-store` prints.
    static func tell(_ fault: String, _ runs: Int, of what: String) {
        print("FAULT\t\(fault)\t\(runs)\t\(what)")
    }
}

/// A seeded run over the whole write path: batches that merge, displace and evict, several shards, closing and
/// reopening in between. After any crash it can go on where the acknowledged commits ended.
struct Workload: Sendable {
    let batches: [[NewPair]]
    let configuration: StoreConfiguration
    let list: QueryList
    /// Batches after which the store is closed and opened anew.
    let reopenings: Set<Int>

    init(seed: UInt64, batches count: Int = 12, perBatch: Int = 8) {
        var generator = SeededGenerator(seed: seed)
        list = QueryList(texts: (0..<6).map { "query \($0)" })
        configuration = StoreConfiguration(
            listSHA256: list.sha256, queryCount: list.count, seed: seed, perQuery: 3,
            ruleVersions: ["test": 1],
            maxShardBytes: 24_000)
        let pairs = StoreFixture.randomPairs(count * perBatch, queries: 6, using: &generator)
        batches = (0..<count).map { Array(pairs[($0 * perBatch)..<(($0 + 1) * perBatch)]) }
        reopenings = Set((0..<2).map { _ in Int.random(in: 0..<count, using: &generator) })
    }

    /// Other pairs under the same rules as another workload.
    init(seed: UInt64, batches count: Int, like other: Workload) {
        let own = Workload(seed: seed, batches: count)
        (batches, configuration, list, reopenings) = (
            own.batches, other.configuration, other.list, own.reopenings
        )
    }

    /// Offers the batches from `start` on, telling `acknowledge` how many are durable after each commit.
    func run(
        _ path: String, from start: Int = 0, files: any FileLayer = PosixFiles(),
        acknowledge: (Int) throws -> Void = { _ in }
    ) throws {
        var writer = try StoreFixture.writer(path, configuration: configuration, list: list, files: files)
        for (index, batch) in batches.enumerated().dropFirst(start) {
            for pair in batch {
                try writer.append(pair)
                try writer.logCandidate(StoreFixture.candidate(pair))
            }
            try writer.commit(counters: ["workload": ["batches": Int64(index + 1)]])
            try acknowledge(index + 1)
            if reopenings.contains(index) {
                try writer.close()
                writer = try StoreFixture.writer(path, configuration: configuration, list: list, files: files)
            }
        }
        try writer.close()
    }

    /// The set after the first batches.
    func oracle(_ batchCount: Int) -> Oracle {
        Oracle(batches.prefix(batchCount).flatMap(\.self), configuration)
    }

    /// What is wrong with the store after a crash, if anything; repairs it first, as any writer does.
    func flaw(_ path: String, acknowledged: Int) throws -> String? {
        try StoreFixture.writer(path, configuration: configuration, list: list).close()
        let report = try StoreVerifier.verify(path)
        guard report.isClean else { return "verify: \(report)" }
        let commits = try StoreReader.open(path).info().counters["workload"]?["batches"] ?? 0
        // The commit in flight may have become durable before anybody was told.
        guard commits == acknowledged || commits == acknowledged + 1 else {
            return "\(commits) commits survive of \(acknowledged) acknowledged"
        }
        guard try Oracle(store: path) == oracle(Int(commits)) else {
            return "not the set of \(commits) commits"
        }
        let log = CandidateLog(store: path)
        var candidates = 0
        try log.forEach { _ in candidates += 1 }
        let least = batches.prefix(Int(commits)).reduce(0) { $0 + $1.count }
        return candidates >= least ? nil : "\(candidates) candidates in the log of \(least) offered"
    }

    /// The commits that a store holds.
    static func commits(_ path: String) throws -> Int {
        Int(try StoreReader.open(path).info().counters["workload"]?["batches"] ?? 0)
    }
}
