public import Foundation
internal import GRDB
public import QueryBank

/// Saves what a damaged store still holds, and names the rest.
///
/// A catalogue that is lost or damaged is made anew from the shards: every sample is offered to the rule again,
/// with `removals.log` applied first. Damaged shards are rewritten with every sample whose picture is whole.
public struct StoreRepairer {
    private let paths: StorePaths
    private let files: any FileLayer
    private let list: () throws -> QueryList
    private let progress: @Sendable (VerifyProgress) -> Void

    /// Repairs a store. `list` gives the store's query list; it is asked only when the catalogue is made anew.
    public static func repair(
        _ path: String, list: @escaping () throws -> QueryList, at date: Date = Date(),
        progress: @escaping @Sendable (VerifyProgress) -> Void = { _ in }
    ) throws -> RepairReport {
        try repair(path, list: list, at: date, files: PosixFiles(), progress: progress)
    }

    package static func repair(
        _ path: String, list: @escaping () throws -> QueryList, at date: Date = Date(),
        files: any FileLayer, progress: @escaping @Sendable (VerifyProgress) -> Void = { _ in }
    ) throws -> RepairReport {
        let repairer = StoreRepairer(
            paths: StorePaths(path), files: files, list: list, progress: progress)
        return try repairer.run(at: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }

    private func run(at milliseconds: Int64) throws -> RepairReport {
        guard try files.size(of: paths.shards) != nil else {
            throw StoreError(.notAStore, paths.root, "is no store (it has no shards)")
        }
        let lock = try StoreLock(paths)
        var report = RepairReport()
        let flaws = try catalogueFlaws()
        var manifest = try manifest()
        if !flaws.isEmpty {
            report.catalogue = flaws
            let rebuilt = try CatalogueRebuild(paths, files, manifest.configuration, list())
                .run(lock, at: milliseconds, progress)
            report.rebuilt = true
            report.unreadable = rebuilt.damaged
            manifest = rebuilt.manifest
        }
        let session = try StoreSession(repairing: paths, files, manifest, lock)
        try StoreMaintenance.using(session) { try repairShards($0, &report) }
        return report
    }

    /// What is wrong with the catalogue; "missing" when there is none.
    private func catalogueFlaws() throws -> [String] {
        guard try files.size(of: paths.catalogue) ?? 0 > 0 else { return ["missing"] }
        do {
            try Catalogue.named(paths.catalogue) { try CatalogueReader.recover(paths.catalogue) }
            return try CatalogueCheck(CatalogueReader(paths)).run()
        } catch let error as StoreError where [.damaged, .notAStore, .catalogue].contains(error.code) {
            return [error.description]
        }
    }

    private func manifest() throws -> StoreManifest {
        do {
            if let manifest = try StoreManifest.read(paths) { return manifest }
        } catch let error as StoreError where error.code == .damaged {}
        let copy: StoreManifest?
        do {
            copy = try CatalogueReader.manifest(paths)
        } catch let error as StoreError where error.code != .newerStore { copy = nil }
        guard let copy else {
            throw StoreError(
                .damaged, paths.root,
                "has lost both store.json and its catalogue's copy; write store.json anew (Sources/PairStore/DESIGN.md) and try again"
            )
        }
        return copy
    }

    private func repairShards(_ session: StoreSession, _ report: inout RepairReport) throws {
        try ShardAppender(session, maxBytes: 1).putAway()
        let found = try StoreVerifier(session.paths.root).run(progress: progress)
        let names = Set(found.damaged.map(\.shard) + found.shards.map(\.shard))
        let damaged = Set(session.damagedShards.map(\.number))
        let shards = try session.catalogue.inDatabase { try ShardTable($0).all() }.filter {
            $0.isPartOfTheStore
                && (damaged.contains($0.number)
                    || names.contains(StorePaths.shardName($0.number, sealed: true)))
        }
        guard !shards.isEmpty else { return }
        let limit = session.manifest.configuration.maxShardBytes
        var compactor = Compactor(session, maxShardBytes: limit) { _ in }
        report.lost = try compactor.salvage(shards).map { loss in
            RepairReport.Loss(
                key: loss.row.hexKey, reason: loss.reason, url: loss.row.imageURL, text: loss.row.text)
        }
        report.remade = compactor.remade
        report.shards = shards.count
    }
}

/// What a repair did.
public struct RepairReport: Sendable, Codable, Equatable {
    /// A pair whose picture is gone; it leaves the set and comes back when its picture is offered again.
    public struct Loss: Sendable, Codable, Equatable {
        /// The pair's name.
        public var key: String
        /// What happened to its bytes.
        public var reason: String
        /// Where the picture came from.
        public var url: String
        /// The pair's text.
        public var text: String
    }

    /// Whether the catalogue was made anew.
    public var rebuilt = false
    /// What was wrong with the old catalogue.
    public var catalogue: [String] = []
    /// Samples that a rebuilt catalogue lacks, for their bytes are damaged; by key, or by place where even that is gone.
    public var unreadable: [String] = []
    /// Pairs whose pictures are gone.
    public var lost: [Loss] = []
    /// Samples that were made anew around a whole picture.
    public var remade = 0
    /// Damaged shards that were rewritten.
    public var shards = 0

    /// Whether nothing had to be done.
    public var isUntouched: Bool { !rebuilt && shards == 0 }
}
