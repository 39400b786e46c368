internal import Dispatch
internal import GRDB
internal import Synchronization

/// Reads every stored byte of a store and compares it with what the catalogue says it must be.
public struct StoreVerifier: Sendable {
    private let paths: StorePaths
    private let catalogue: CatalogueReader

    /// Opens a store for checking; it may be in use by a writer, or in a read-only folder.
    public init(_ path: String) throws {
        paths = StorePaths(path)
        _ = try StoreManifest.existing(paths)
        catalogue = try CatalogueReader(paths)
    }

    /// Opens and checks in one call.
    public static func verify(
        _ path: String, progress: @escaping @Sendable (VerifyProgress) -> Void = { _ in }
    ) throws -> VerifyReport {
        try StoreVerifier(path).run(progress: progress)
    }

    /// Checks all shards, several at a time, then the catalogue's own sums. Damage is reported, not thrown; throws
    /// only when the check itself cannot go on (the catalogue cannot be read).
    public func run(
        resuming: Bool = false, shouldStop: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (VerifyProgress) -> Void = { _ in }
    ) throws -> VerifyReport {
        let shards = try catalogue.read { try ShardTable($0).all() }.filter(\.isPartOfTheStore)
        let total = shards.reduce(0) { $0 + $1.bytes }
        let log = try VerifyLog(paths, resuming: resuming)
        let state = Mutex(State())
        let advance: @Sendable (Int64) -> Void = { bytes in
            let done = state.withLock { state in
                state.done += bytes
                return state.done
            }
            progress(VerifyProgress(bytes: done, totalBytes: total))
        }
        DispatchQueue.concurrentPerform(iterations: shards.count) { index in
            let shard = shards[index]
            do {
                if let known = log.report(on: shard) {
                    advance(shard.bytes)
                    return state.withLock { $0.report.add(known) }
                }
                if shouldStop() { return state.withLock { $0.report.isComplete = false } }
                let found = try ShardCheck(paths, catalogue, shard).run(advance)
                try log.add(found, on: shard)
                state.withLock { $0.report.add(found) }
            } catch {
                state.withLock { $0.failure = $0.failure ?? error }
            }
        }
        var (report, failure) = state.withLock { ($0.report, $0.failure) }
        if let failure { throw failure }
        if report.isComplete {
            report.catalogue = try CatalogueCheck(catalogue).run()
            try log.remove()
        }
        report.sort()
        return report
    }

    private struct State {
        var report = VerifyReport()
        var done: Int64 = 0
        var failure: (any Error)?
    }
}

/// How far a verification is.
public struct VerifyProgress: Sendable {
    /// Bytes of shards checked.
    public var bytes: Int64
    /// Bytes of all shards.
    public var totalBytes: Int64
}

/// What a verification found; clean when all four lists are empty.
public struct VerifyReport: Sendable, Codable, Equatable {
    /// A pair whose stored bytes are not what they must be.
    public struct Damage: Sendable, Codable, Equatable {
        /// The pair's name.
        public var key: String
        /// `header_changed`, `picture_changed`, `text_changed`, `json_changed`, `padding_changed`, `shard_cut`,
        /// `shard_missing` or `unreadable`.
        public var reason: String
        /// The shard file.
        public var shard: String
        /// Where the sample starts.
        public var offset: Int64
    }

    /// Something wrong with a shard that touches no pair.
    public struct ShardFlaw: Sendable, Codable, Equatable {
        /// The shard file.
        public var shard: String
        /// `unclaimed_bytes`, `end_changed`, `end_missing` or `trailing_bytes`.
        public var reason: String
        /// Where it starts.
        public var offset: Int64
        /// Names of archive members found there.
        public var members: [String]
    }

    /// Pairs checked, evicted ones with bytes included.
    public var pairs = 0
    /// Bytes of shards checked.
    public var bytes: Int64 = 0
    /// Damaged pairs.
    public var damaged: [Damage] = []
    /// Flaws of shards that touch no pair.
    public var shards: [ShardFlaw] = []
    /// Contradictions inside the catalogue, one line each.
    public var catalogue: [String] = []
    /// Whether everything was read; otherwise go on with `resuming`.
    public var isComplete = true

    enum CodingKeys: String, CodingKey {
        case pairs, bytes, damaged, shards, catalogue
        case isComplete = "complete"
    }

    /// Whether nothing is wrong.
    public var isClean: Bool { damaged.isEmpty && shards.isEmpty && catalogue.isEmpty }

    mutating func add(_ other: VerifyReport) {
        pairs += other.pairs
        bytes += other.bytes
        damaged += other.damaged
        shards += other.shards
    }

    mutating func sort() {
        damaged.sort { ($0.shard, $0.offset) < ($1.shard, $1.offset) }
        shards.sort { ($0.shard, $0.offset) < ($1.shard, $1.offset) }
    }
}
