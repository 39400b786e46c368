internal import Foundation
public import QueryBank

/// Answers for another cap, seed or list from what a store has and what its candidate log says was offered.
///
/// Every picture that lies in the store, of pairs that left the set too, is offered under the new rules to a store of
/// its own. Candidates of the log that would claim a query and whose pictures were never fetched are named, to be
/// fetched. Texts that matched no query of the old list are in no log: a new list answers for the others.
public struct StoreRebalancer {
    private let source: StoreSource
    private let configuration: StoreConfiguration
    private let list: QueryList?
    private let bank: QueryBank?
    private let progress: (MergeProgress) -> Void
    private let shouldStop: () -> Bool
    private var report = RebalanceReport()

    private static let wantedAtOnce = 1000

    /// Rebalances the store at `path` into the store `target`.
    ///
    /// - Parameters:
    ///   - list: another query list, or `nil` for the store's own.
    ///   - wanted: takes candidates whose pictures must be fetched, some at a time.
    @discardableResult
    public static func rebalance(
        _ path: String, into target: String, perQuery: Int? = nil, seed: UInt64? = nil,
        list: QueryList? = nil,
        progress: @escaping (MergeProgress) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false },
        wanted: ([Candidate]) throws -> Void
    ) throws -> RebalanceReport {
        let source = try StoreSource(path)
        guard source.paths.root != StorePaths(target).root else {
            throw StoreError(.badArgument, target, "is the store itself; rebalance into another folder")
        }
        var configuration = source.manifest.configuration
        configuration.perQuery = perQuery ?? configuration.perQuery
        configuration.seed = seed ?? configuration.seed
        if let list { (configuration.listSHA256, configuration.queryCount) = (list.sha256, list.count) }
        try configuration.check()
        var rebalancer = StoreRebalancer(
            source: source, configuration: configuration, list: list, progress: progress,
            shouldStop: shouldStop)
        let session = try StoreSession(target, making: configuration, PosixFiles())
        return try StoreMaintenance.using(session) { try rebalancer.run($0, wanted) }
    }

    private init(
        source: StoreSource, configuration: StoreConfiguration, list: QueryList?,
        progress: @escaping (MergeProgress) -> Void, shouldStop: @escaping () -> Bool
    ) {
        (self.source, self.configuration, self.list) = (source, configuration, list)
        bank = list.map { QueryBank($0) }
        (self.progress, self.shouldStop) = (progress, shouldStop)
    }

    private mutating func run(
        _ session: StoreSession, _ wanted: ([Candidate]) throws -> Void
    ) throws -> RebalanceReport {
        // Named before anything is offered, so not eligible.
        _ = try Remover(session, RemovalSearch(rules: source.removals())).run(at: 0)
        let source = source
        let texts = list.map { QueryTexts(of: ListTexts($0)) } ?? QueryTexts { try source.queryText($0) }
        let core = try StoreCore(session, texts, maxShardBytes: configuration.maxShardBytes)
        try offerPairs(core)
        if report.isComplete { try offerLog(core, wanted) }
        try core.putAway()
        return report
    }

    /// The queries of a text under the new rules: the same as before unless the list is another.
    private func queries(of text: String, before: [QueryID]) -> [QueryID] {
        bank?.match(text) ?? before
    }

    // MARK: Pictures that are there

    private mutating func offerPairs(_ core: StoreCore) throws {
        let mark = "rebalance." + source.manifest.uuid
        var after = try core.mark(mark) ?? 0
        let total = try source.extent().last
        var batch = StoreCore.Batch()
        while case let page = try source.page(after: after, withDead: true), let last = page.last {
            if shouldStop() {
                report.isComplete = false
                break
            }
            for (row, sightings) in page { try stage(row, sightings, core, &batch) }
            after = last.row.id
            if batch.isLarge { try commit(&batch, core, mark, after, total) }
        }
        try commit(&batch, core, mark, after, total)
    }

    /// Offers a picture with a text under every address where it was seen.
    private mutating func stage(
        _ row: PairRow, _ sightings: [Sighting], _ core: StoreCore, _ batch: inout StoreCore.Batch
    ) throws {
        guard row.place != nil else { return }
        var row = row
        row.queries = queries(of: row.text, before: row.queries)
        guard !row.queries.isEmpty else { return }
        var image: [UInt8]?
        for place in [Sighting(row)] + sightings {
            row.move(to: place, seed: configuration.seed)
            guard core.queries.balance.mayClaim(u: row.u, queries: row.queries), try !core.isKnown(row) else {
                continue
            }
            let bytes = try image ?? source.image(of: row)
            image = bytes
            batch.items.append(try Offer(row, image: bytes))
        }
        report.offered += 1
    }

    private mutating func commit(
        _ batch: inout StoreCore.Batch, _ core: StoreCore, _ mark: String, _ after: Int64, _ total: Int64
    ) throws {
        batch.marks[mark] = after
        report.bytes += Int64(batch.items.reduce(0) { $0 + $1.size })
        _ = try core.commit(batch)
        batch = StoreCore.Batch()
        progress(MergeProgress(pairs: after, totalPairs: total, bytes: report.bytes))
    }

    // MARK: The candidate log

    /// Writes the log anew under the new rules, and asks for what would claim a query and was never fetched.
    private mutating func offerLog(_ core: StoreCore, _ wanted: ([Candidate]) throws -> Void) throws {
        let removals = try core.session.removals()
        let log = CandidateLogWriter(core.session.paths, core.session.files)
        let isLogged = try core.mark("rebalanced log") != nil
        var waiting: [Candidate] = []
        try CandidateLog(store: source.paths.root).forEach { old in
            var candidate = old
            candidate.queries = queries(of: old.text, before: old.queries)
            guard !candidate.queries.isEmpty, !removals.names(candidate) else { return }
            candidate.u = Priority(imageURL: old.imageURL, text: old.text, seed: configuration.seed).u
            report.candidates += 1
            if !isLogged { try log.add(candidate) }
            let key = CandidateKey(imageURL: old.imageURL, text: old.text).bytes
            guard core.queries.balance.mayClaim(u: candidate.u, queries: candidate.queries),
                try !source.knows(key), try !core.isDecided(key)
            else { return }
            report.wanted += 1
            waiting.append(candidate)
            if waiting.count == Self.wantedAtOnce {
                try wanted(waiting)
                waiting = []
            }
        }
        if !waiting.isEmpty { try wanted(waiting) }
        try log.close()
        _ = try core.commit(StoreCore.Batch(marks: ["rebalanced log": 1]))
    }
}

extension PairRow {
    /// The same picture and text as seen at another place, under a seed.
    fileprivate mutating func move(to sighting: Sighting, seed: UInt64) {
        (key, imageURL, pageURL) = (sighting.key, sighting.imageURL, sighting.pageURL)
        fetchedAt = sighting.fetchedAt
        u = Priority(imageURL: imageURL, text: text, seed: seed).u
    }
}

/// What a rebalancing did.
public struct RebalanceReport: Sendable, Codable, Equatable {
    /// Pictures with a text that the store had and the new rules match.
    public var offered = 0
    /// Bytes that were taken over.
    public var bytes: Int64 = 0
    /// Lines of the candidate log that the new rules match.
    public var candidates = 0
    /// Of these, what may enter the set and must be fetched.
    public var wanted = 0
    /// Whether everything was offered; otherwise run it again.
    public var isComplete = true

    enum CodingKeys: String, CodingKey {
        case offered, bytes, candidates, wanted
        case isComplete = "complete"
    }
}
