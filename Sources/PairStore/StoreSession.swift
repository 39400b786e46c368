internal import Foundation

/// A store that this process may write to: the lock, the files in order, and the one writing connection.
final class StoreSession {
    let paths: StorePaths
    let files: any FileLayer
    let manifest: StoreManifest
    let catalogue: Catalogue
    /// The shard that an earlier writer left open, if any.
    let unsealed: ShardTable.Shard?
    /// Shards that are shorter than the catalogue says, or missing; none unless opened for repairs.
    let damagedShards: [ShardTable.Shard]
    private var lock: StoreLock?

    /// Opens a store that exists, and repairs what a crash left.
    convenience init(existing path: String, _ files: any FileLayer) throws {
        let paths = StorePaths(path)
        guard FileManager.default.fileExists(atPath: paths.root) else {
            throw StoreError(.notAStore, paths.root, "does not exist")
        }
        let lock = try StoreLock(paths)
        guard let manifest = try Self.manifest(paths) else {
            throw StoreError(.notAStore, paths.root, "is no store (it has no \(StoreManifest.fileName))")
        }
        try self.init(paths, files, manifest, lock)
    }

    /// Opens a store, or makes one in a folder that is absent or empty.
    convenience init(
        _ path: String, making configuration: StoreConfiguration, _ files: any FileLayer
    ) throws {
        let paths = StorePaths(path)
        try Self.checkFolder(paths, files)
        try files.makeFolder(paths.root)
        let lock = try StoreLock(paths)
        let manifest = try Self.manifest(paths) ?? StoreManifest(configuration)
        if let difference = configuration.difference(from: manifest.configuration) {
            throw StoreError(
                .otherConfiguration, paths.root,
                "was made with \(difference); use the same, or another folder")
        }
        try self.init(paths, files, manifest, lock)
    }

    /// Opens for repairs, with a lock that is held already: shards may be cut or missing.
    convenience init(
        repairing paths: StorePaths, _ files: any FileLayer, _ manifest: StoreManifest, _ lock: StoreLock
    ) throws {
        try self.init(paths, files, manifest, lock, recovery: .tolerant)
    }

    /// Opens a catalogue that is made anew: it knows none of the shards yet.
    convenience init(
        rebuilding paths: StorePaths, _ files: any FileLayer, _ manifest: StoreManifest, _ lock: StoreLock
    ) throws {
        try self.init(paths, files, manifest, lock, recovery: .none)
    }

    /// What opening does about shard files that are not as the catalogue says.
    private enum Recovery { case strict, tolerant, none }

    private init(
        _ paths: StorePaths, _ files: any FileLayer, _ manifest: StoreManifest, _ lock: StoreLock,
        recovery: Recovery = .strict
    ) throws {
        (self.paths, self.files, self.manifest, self.lock) = (paths, files, manifest, lock)
        try files.makeFolder(paths.shards)
        try ReaderHold.prepare(paths)
        try files.syncFolder(paths.root)
        catalogue = try Catalogue(paths)
        try catalogue.prepare(manifest)
        guard recovery != .none else {
            (unsealed, damagedShards) = (nil, [])
            return
        }
        var shards = ShardRecovery(paths, files, catalogue, toleratesDamage: recovery == .tolerant)
        unsealed = try shards.run()
        damagedShards = shards.damaged
        // Last, so that a folder with this file has a catalogue.
        if try files.size(of: paths.manifest) == nil { try manifest.write(paths, files) }
    }

    func removals() throws -> RemovalList {
        RemovalList(try catalogue.transaction { try $0.tables.removals.all() })
    }

    func checkOpen() throws {
        guard lock != nil else { throw StoreError(.needsReopening, paths.root, "is closed") }
    }

    var isOpen: Bool { lock != nil }

    /// Closes the catalogue, then lets the lock go. Whoever appended seals first.
    func close() throws {
        defer { lock = nil }
        try catalogue.close()
    }

    // MARK: Looking at the folder

    /// `store.json`, or the catalogue's copy of it where a crash at birth or a loss left none.
    private static func manifest(_ paths: StorePaths) throws -> StoreManifest? {
        let exists = FileManager.default.fileExists(atPath: paths.catalogue)
        if let manifest = try StoreManifest.read(paths) {
            guard exists else {
                throw StoreError(
                    .damaged, paths.catalogue,
                    "is missing; wit verify \(paths.root) --repair makes it anew from the shards")
            }
            return manifest
        }
        return exists ? try CatalogueReader.manifest(paths) : nil
    }

    /// Names that a folder may hold before it is a store: a crawl's own files, and what a crash at birth left.
    private static let own: Set<String> = {
        let databases = ["catalogue.sqlite", "crawl.sqlite", "search.sqlite"].flatMap { name in
            ["", "-wal", "-shm", "-journal"].map { name + $0 }
        }
        return Set(
            databases + [
                "lock", "readers", "shards", "candidates", "lost", "removals.log", "store.json.new",
                "catalogue.sqlite.new", "verify.log",
            ])
    }()

    private static func checkFolder(_ paths: StorePaths, _ files: any FileLayer) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: paths.root, isDirectory: &isFolder) else { return }
        guard isFolder.boolValue else {
            throw StoreError(.notAStore, paths.root, "is a file; name a folder for the store")
        }
        if try files.size(of: paths.manifest) != nil { return }
        if let stranger = try files.list(paths.root).first(where: { !own.contains($0) }) {
            throw StoreError(
                .notAStore, paths.root,
                "is no store and not empty (it holds \(stranger)); name another folder")
        }
    }
}
