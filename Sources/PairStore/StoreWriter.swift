public import Digest
public import QueryBank
internal import Synchronization

/// The one writer of a store. Every method may be called from any thread; those that touch the disk block it.
///
/// A pair is staged by `append`, and acknowledged when `commit` returns: from then on it survives a crash or a loss
/// of power. What is staged and not committed is lost with the process: at most `Limits.stagedBytes` or
/// `Limits.stagedPairs`.
public final class StoreWriter: Sendable {
    /// The bounds on what waits for a commit.
    public enum Limits {
        /// Bytes of pictures, texts and JSON: 128 MiB.
        public static let stagedBytes = Staging.maxBytes
        /// Pairs.
        public static let stagedPairs = Staging.maxPairs
    }

    /// The store's folder.
    public let path: String
    /// The store's unique name.
    public let uuid: String
    /// What the store is bound to.
    public let configuration: StoreConfiguration

    private let core: Mutex<StoreCore>
    private let staging = Mutex(Staging())
    /// As of the last commit: what is in flight reserves nothing.
    private let balance: Mutex<Balance>
    private let candidates: CandidateLogWriter
    private let removals: RemovalList
    private let texts: ListTexts

    /// Makes or reopens a store, and repairs what a crash left.
    ///
    /// Throws `inUse` when another writer holds it, `otherConfiguration` when it is bound to another list, seed, cap
    /// or set of rules, `newerStore`, `notAStore` for a folder of other things, and `damaged` when committed bytes
    /// are missing.
    public static func open(
        _ path: String, configuration: StoreConfiguration, list: QueryList
    ) throws -> StoreWriter {
        try open(path, configuration: configuration, list: list, files: PosixFiles())
    }

    package static func open(
        _ path: String, configuration: StoreConfiguration, list: QueryList, files: any FileLayer
    ) throws -> StoreWriter {
        try configuration.check()
        guard list.sha256 == configuration.listSHA256, list.count == configuration.queryCount else {
            throw StoreError(
                .badArgument, path, "the query list is not the one that the configuration names")
        }
        let session = try StoreSession(path, making: configuration, files)
        // Only an operation with the lock adds removals, so they stay the same while this writer is open.
        let removals = try session.removals()
        let texts = ListTexts(list)
        let core = try StoreCore(
            session, QueryTexts(of: texts), maxShardBytes: configuration.maxShardBytes)
        return StoreWriter(core, removals, texts)
    }

    private init(_ core: sending StoreCore, _ removals: RemovalList, _ texts: ListTexts) {
        path = core.session.paths.root
        uuid = core.session.manifest.uuid
        configuration = core.session.manifest.configuration
        balance = Mutex(core.queries.balance)
        candidates = CandidateLogWriter(core.session.paths, core.session.files)
        self.removals = removals
        self.texts = texts
        self.core = Mutex(core)
    }

    // MARK: Pairs

    /// Whether a candidate may still enter the set, as of the last commit. No is final; yes is asked again at commit.
    public func mayClaim(_ priority: Priority, queries: [QueryID]) -> Bool {
        balance.withLock { $0.mayClaim(u: priority.u, queries: queries) } && !isRemoved(priority)
    }

    private func isRemoved(_ priority: Priority) -> Bool {
        guard !removals.isEmpty else { return false }
        let key = CandidateKey(imageURL: priority.imageURL, text: priority.text)
        return removals.names(imageURL: priority.imageURL, pageURL: "", text: priority.text, key: key.bytes)
    }

    /// The priority of a candidate under the store's seed.
    public func priority(imageURL: String, text: String) -> Priority {
        Priority(imageURL: imageURL, text: text, seed: configuration.seed)
    }

    /// Stages a pair for the next commit.
    ///
    /// Throws `badArgument` for a pair that no store could hold, and `stagingFull` when a commit must come first.
    public func append(_ pair: NewPair) throws {
        try Staging.check(pair, queryCount: configuration.queryCount)
        let (key, u) = (pair.key, priority(imageURL: pair.imageURL, text: pair.text).u)
        let row = PairRow(pair, key: key, sha256: pair.sha256 ?? SHA256Digest(of: pair.image), u: u)
        let json = SampleJSON.encode(row, queries: try texts.texts(pair.queries))
        let item = Offer(row: row, key: key, content: .init(image: pair.image, json: json))
        try staging.withLock { staging in
            guard !staging.isFull else {
                throw StoreError(
                    .stagingFull, path,
                    "\(staging.count) pairs (\(staging.bytes) bytes) wait for a commit; commit first")
            }
            staging.add(item)
        }
    }

    /// What waits for the next commit.
    public var staged: (pairs: Int, bytes: Int) { staging.withLock { ($0.count, $0.bytes) } }

    /// Whether `append` would throw `stagingFull`.
    public var needsCommit: Bool { staging.withLock { $0.isFull } }

    /// Whether a thread that commits beside others who append should do so now: half of the room is taken.
    public var isWorthCommitting: Bool { staging.withLock { $0.isHalfFull } }

    /// Decides on everything staged and makes the outcome durable, all or nothing.
    ///
    /// `counters` are absolute totals by source and name, so repeating a commit after a crash counts nothing twice.
    /// After a throw nothing was committed and the pairs are still staged; `needsReopening` says that only opening
    /// the store anew can tell.
    @discardableResult
    public func commit(counters: [String: [String: Int64]] = [:]) throws -> CommitReport {
        try candidates.flush()
        return try core.withLock { core in
            let items = staging.withLock { $0.take() }
            let report = try core.commit(StoreCore.Batch(items: items, counters: counters))
            staging.withLock { $0.drop() }
            let current = core.queries.balance
            balance.withLock { $0 = current }
            return report
        }
    }

    /// The bytes of a picture that the store holds already, if it does.
    public func imageBytes(sha256: SHA256Digest) throws -> [UInt8]? {
        let waiting = staging.withLock { $0.first { $0.row.sha256 == sha256.bytes }?.content }
        return try waiting?.image ?? core.withLock { try $0.image(sha256) }
    }

    // MARK: Candidates

    /// Notes a matched candidate, refused ones too, unless a removal names it; durable after `flushCandidates` or the next commit.
    public func logCandidate(_ candidate: Candidate) throws {
        if !removals.names(candidate) { try candidates.add(candidate) }
    }

    /// Makes every noted candidate durable.
    public func flushCandidates() throws { try candidates.flush() }

    /// Seals the open shard, folds the catalogue's log in and lets the lock go; what is staged is dropped.
    ///
    /// The store is then readable from a read-only folder. Closing twice is no error.
    public func close() throws {
        try candidates.close()
        try core.withLock { try $0.close() }
    }
}
