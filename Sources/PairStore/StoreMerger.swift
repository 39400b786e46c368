public import Foundation
internal import QueryBank

/// Unites stores of one list, seed, cap and rule versions, as if everything had been offered to one store.
///
/// Every group of every source is offered to the rule again, removals and ghosts first; what is known is passed over.
/// So it may end at any point and be run again, and neither order nor repetition shows in the result.
public struct StoreMerger {
    private let sources: [StoreSource]
    private let target: String
    private let configuration: StoreConfiguration
    private let maxShardBytes: Int64
    private let progress: (MergeProgress) -> Void
    private let shouldStop: () -> Bool
    private var report = MergeReport()

    /// Unites `sources` into the store `target`, which may be new and may hold pairs.
    ///
    /// `shouldStop` is asked now and then; a merge that it ends is whole so far and goes on when run again.
    @discardableResult
    public static func merge(
        _ sources: [String], into target: String, maxShardBytes: Int64? = nil, at date: Date = Date(),
        progress: @escaping (MergeProgress) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
    ) throws -> MergeReport {
        try merge(
            sources, into: target, maxShardBytes: maxShardBytes, at: date, files: PosixFiles(),
            progress: progress, shouldStop: shouldStop)
    }

    package static func merge(
        _ sources: [String], into target: String, maxShardBytes: Int64? = nil, at date: Date = Date(),
        files: any FileLayer, progress: @escaping (MergeProgress) -> Void = { _ in },
        shouldStop: @escaping () -> Bool = { false }
    ) throws -> MergeReport {
        var merger = try StoreMerger(sources, into: target, maxShardBytes, progress, shouldStop)
        let session = try StoreSession(target, making: merger.configuration, files)
        return try StoreMaintenance.using(session) {
            try merger.run($0, at: Int64((date.timeIntervalSince1970 * 1000).rounded()))
        }
    }

    private init(
        _ paths: [String], into target: String, _ maxShardBytes: Int64?,
        _ progress: @escaping (MergeProgress) -> Void, _ shouldStop: @escaping () -> Bool
    ) throws {
        let sources = try paths.map { try StoreSource($0) }
        guard let first = sources.first else {
            throw StoreError(.badArgument, target, "nothing to merge: name at least one store")
        }
        for source in sources.dropFirst() {
            if let difference = first.manifest.configuration.difference(from: source.manifest.configuration) {
                throw StoreError(
                    .otherConfiguration, source.paths.root,
                    "was made with \(difference) as \(first.paths.root) was; such stores have no common set")
            }
        }
        let own = try StoreManifest.read(StorePaths(target))?.uuid
        self.sources = sources.filter { $0.manifest.uuid != own }
        self.target = target
        configuration = first.manifest.configuration
        self.maxShardBytes = maxShardBytes ?? configuration.maxShardBytes
        (self.progress, self.shouldStop) = (progress, shouldStop)
    }

    private mutating func run(_ session: StoreSession, at milliseconds: Int64) throws -> MergeReport {
        let search = try unitedRemovals(session)
        _ = try Remover(session, search).run(at: milliseconds)
        let sources = sources
        let texts = QueryTexts { query in
            for source in sources {
                if let text = try source.queryText(query) { return text }
            }
            return nil
        }
        let core = try StoreCore(session, texts, maxShardBytes: maxShardBytes)
        try offerGhosts(core, search, at: milliseconds)
        let limits = try Thresholds(sources)
        let extents = try sources.map { try $0.extent() }
        report.totalPairs = extents.reduce(0) { $0 + $1.pairs }
        for source in sources {
            try offerPairs(of: source, core, limits, search)
            if report.isComplete { try copyCandidates(of: source, core, search.rules) }
        }
        try core.putAway()
        return report
    }

    // MARK: Removals

    /// All rules and removed groups of all stores, and what they name in any of them, until nothing more is named.
    private func unitedRemovals(_ session: StoreSession) throws -> RemovalSearch {
        var search = RemovalSearch(rules: try session.catalogue.transaction { try $0.tables.removals.all() })
        for source in sources {
            search.rules.formUnion(try source.removals())
            search.groups.formUnion(try source.removedGroups())
        }
        guard !search.rules.isEmpty || !search.groups.isEmpty else { return search }
        var size = -1
        while size != search.rules.count + search.groups.count {
            size = search.rules.count + search.groups.count
            var findings = [try session.catalogue.inDatabase { try search.run($0) }]
            for source in sources { findings.append(try source.read { try search.run($0) }) }
            for found in findings {
                search.groups.formUnion(found.groups)
                search.rules.formUnion(found.keys.map { Removal(.key, hash: $0) })
            }
        }
        return search
    }

    private func offerGhosts(_ core: StoreCore, _ search: RemovalSearch, at milliseconds: Int64) throws {
        guard !search.rules.isEmpty || !search.groups.isEmpty else { return }
        var ghosts: Set<RemovalLog.Ghost> = []
        for source in sources { ghosts.formUnion(try source.ghosts(search)) }
        try core.unite(ghosts, at: milliseconds)
    }

    // MARK: Pairs

    private mutating func offerPairs(
        of source: StoreSource, _ core: StoreCore, _ limits: Thresholds, _ search: RemovalSearch
    ) throws {
        let mark = "merge." + source.manifest.uuid
        var after = try core.mark(mark) ?? 0
        var batch = StoreCore.Batch()
        while case let page = try source.page(after: after), let last = page.last {
            if shouldStop() {
                report.isComplete = false
                break
            }
            for (row, sightings) in page {
                report.pairs += 1
                guard !search.groups.contains(row.group), limits.mayClaim(row),
                    core.queries.balance.mayClaim(u: row.u, queries: row.queries)
                else { continue }
                batch.sightings += sightings
                if try core.isKnown(row) { continue }
                batch.items.append(try Offer(row, of: source))
            }
            after = last.row.id
            if batch.isLarge {
                batch.marks[mark] = after
                try commit(&batch, core)
            }
        }
        batch.marks[mark] = after
        if report.isComplete { batch.counters = try source.counters() }
        try commit(&batch, core)
    }

    private mutating func commit(_ batch: inout StoreCore.Batch, _ core: StoreCore) throws {
        let done = try core.commit(batch)
        report.kept += done.kept
        report.bytes += Int64(batch.items.reduce(0) { $0 + $1.size })
        batch = StoreCore.Batch()
        progress(MergeProgress(pairs: report.pairs, totalPairs: report.totalPairs, bytes: report.bytes))
    }

    // MARK: Candidates

    /// Takes the log over file by file; a file that has grown since is read again, for repetition does no harm.
    private func copyCandidates(
        of source: StoreSource, _ core: StoreCore, _ removals: Set<Removal>
    ) throws {
        let files = core.session.files
        let removals = RemovalList(removals)
        let log = CandidateLogWriter(core.session.paths, files)
        for name in try CandidateLog.fileNames(in: source.paths, files) {
            let path = source.paths.candidates + "/" + name
            let mark = "candidates.\(source.manifest.uuid).\(name)"
            let size = try files.size(of: path)
            if try size == core.mark(mark) { continue }
            try CandidateLog.read(path) { candidate in
                if !removals.names(candidate) { try log.add(candidate) }
            }
            try log.flush()
            _ = try core.commit(StoreCore.Batch(marks: [mark: size ?? 0]))
        }
        try log.close()
    }
}

/// The smallest threshold of every query over some stores: a union's is no larger, so what lies above need not be read.
private struct Thresholds {
    private var limits: [UInt64]

    init(_ sources: [StoreSource]) throws {
        limits = []
        for source in sources {
            let balance = try source.balance()
            if limits.isEmpty {
                limits = .init(repeating: .max, count: source.manifest.configuration.queryCount)
            }
            for query in limits.indices {
                if let u = balance.threshold(of: QueryID(query)) { limits[query] = min(limits[query], u) }
            }
        }
    }

    func mayClaim(_ row: PairRow) -> Bool { row.queries.contains { row.u <= limits[Int($0)] } }
}

extension Offer {
    /// A pair of another store, to be stored anew.
    convenience init(_ row: PairRow, of source: StoreSource) throws {
        try self.init(row, image: source.image(of: row))
    }

    /// A pair of another store with its picture, or with none where damage took it.
    convenience init(_ row: PairRow, image: [UInt8]?) throws {
        guard let key = CandidateKey(hex: row.hexKey) else {
            throw StoreError(.damaged, "pair \(row.id)", "has a key that is not 16 bytes")
        }
        var row = row
        (row.place, row.status, row.born, row.died) = (nil, .live, 0, nil)
        self.init(row: row, key: key, content: image.map { .init(image: $0) }, comesFromStore: true)
    }
}

/// How far a merge is.
public struct MergeProgress: Sendable {
    /// Pairs of the sources that were looked at in this run.
    public var pairs: Int64
    /// Pairs of all sources.
    public var totalPairs: Int64
    /// Bytes that were taken over.
    public var bytes: Int64
}

/// What a merge did.
public struct MergeReport: Sendable, Codable, Equatable {
    /// Pairs of the sources that were looked at in this run.
    public var pairs: Int64 = 0
    /// Pairs of all sources.
    public var totalPairs: Int64 = 0
    /// Pairs that entered the target, some of which later ones may have displaced.
    public var kept = 0
    /// Bytes that were taken over.
    public var bytes: Int64 = 0
    /// Whether everything was offered; otherwise run it again.
    public var isComplete = true

    enum CodingKeys: String, CodingKey {
        case pairs, kept, bytes
        case totalPairs = "total_pairs"
        case isComplete = "complete"
    }
}
