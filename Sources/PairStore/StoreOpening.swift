internal import Foundation
internal import QueryBank

/// Opens a folder as a store for writing: takes the lock, makes what is missing, checks what is there.
struct StoreOpening {
    let paths: StorePaths
    private let files: any FileLayer

    init(_ paths: StorePaths, _ files: any FileLayer) {
        (self.paths, self.files) = (paths, files)
    }

    func run(_ configuration: StoreConfiguration, _ list: QueryList) throws -> sending StoreCore {
        try checkFolder()
        try files.makeFolder(paths.root)
        let lock = try StoreLock(paths)
        let manifest = try manifest(configuration)
        if let difference = configuration.difference(from: manifest.configuration) {
            throw StoreError(
                .otherConfiguration, paths.root,
                "was made with \(difference); use the same, or another folder")
        }
        try files.makeFolder(paths.shards)
        try files.syncFolder(paths.root)
        let core = try StoreCore(
            paths, files, manifest, list, maxShardBytes: configuration.maxShardBytes, lock)
        // Last, so that a folder with this file has a catalogue.
        if try files.size(of: paths.manifest) == nil { try manifest.write(paths, files) }
        return core
    }

    /// Names that a folder may hold before it is a store: a crawl's own files, and what a crash at birth left.
    private static let own: Set<String> = [
        "catalogue.sqlite", "catalogue.sqlite-wal", "catalogue.sqlite-shm", "catalogue.sqlite-journal",
        "lock",
        "shards", "candidates", "lost", "removals.log", "crawl.sqlite", "crawl.sqlite-wal",
        "crawl.sqlite-shm",
        "crawl.sqlite-journal", "store.json", "store.json.new",
    ]

    private func checkFolder() throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: paths.root, isDirectory: &isFolder) else { return }
        guard isFolder.boolValue else {
            throw StoreError(.notAStore, paths.root, "is a file; name a folder for the store")
        }
        if try files.size(of: paths.manifest) != nil { return }
        if let stranger = try files.list(paths.root).first(where: { !Self.own.contains($0) }) {
            throw StoreError(
                .notAStore, paths.root,
                "is no store and not empty (it holds \(stranger)); name another folder")
        }
    }

    private func manifest(_ configuration: StoreConfiguration) throws -> StoreManifest {
        if let manifest = try StoreManifest.read(paths) {
            guard try files.size(of: paths.catalogue) != nil else {
                throw StoreError(
                    .damaged, paths.catalogue, "is missing; run wit verify \(paths.root) --repair")
            }
            return manifest
        }
        let manifest = StoreManifest(configuration)
        try manifest.write(paths, files)
        return manifest
    }
}
