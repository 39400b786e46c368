internal import Foundation

/// `store.json`: what a store is, readable without opening its catalogue.
struct StoreManifest: Codable, Equatable {
    /// The layout of files and catalogue that this program writes.
    static let currentSchema = 1
    static let fileName = "store.json"

    var uuid: String
    var schema: Int
    var configuration: StoreConfiguration

    init(_ configuration: StoreConfiguration) {
        uuid = UUID().uuidString.lowercased()
        schema = Self.currentSchema
        self.configuration = configuration
    }

    /// The manifest of a folder, or `nil` where there is none. Throws on one that is broken or newer.
    static func read(_ paths: StorePaths) throws -> StoreManifest? {
        guard FileManager.default.fileExists(atPath: paths.manifest) else { return nil }
        do {
            return try decode(Data(contentsOf: URL(fileURLWithPath: paths.manifest)), of: paths)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.damaged, paths.manifest, "is not a store's description: \(error)".oneLine)
        }
    }

    /// The description of a store that must be there.
    static func existing(_ paths: StorePaths) throws -> StoreManifest {
        guard let manifest = try read(paths) else {
            throw StoreError(.notAStore, paths.root, "is no store (it has no \(fileName))")
        }
        return manifest
    }

    static func decode(_ data: Data, of paths: StorePaths) throws -> StoreManifest {
        struct Version: Codable { var schema: Int }
        let schema = try JSONDecoder().decode(Version.self, from: data).schema
        guard schema <= currentSchema else {
            throw StoreError(
                .newerStore, paths.root,
                "was written by a newer wit (store schema \(schema), this one knows \(currentSchema)); upgrade wit"
            )
        }
        return try JSONDecoder().decode(StoreManifest.self, from: data)
    }

    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// Writes a whole new file beside the old one and swaps it in, durably.
    func write(_ paths: StorePaths, _ files: any FileLayer) throws {
        let temporary = paths.manifest + ".new"
        if try files.size(of: temporary) != nil { try files.remove(temporary) }
        let file = try files.open(temporary, create: true)
        try encoded().withUnsafeBytes { try file.write($0, at: 0) }
        try file.sync()
        try files.rename(temporary, to: paths.manifest)
        try files.syncFolder(paths.root)
    }
}

/// Where the parts of a store lie.
struct StorePaths: Sendable {
    let root: String
    /// Set while a catalogue is made anew beside the place of the lost one.
    var catalogueSuffix = ""

    init(_ root: String) {
        self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
    }

    var manifest: String { root + "/" + StoreManifest.fileName }
    var catalogue: String { root + "/catalogue.sqlite" + catalogueSuffix }
    var lock: String { root + "/lock" }
    var readers: String { root + "/readers" }
    var shards: String { root + "/shards" }
    var lost: String { root + "/lost" }
    var candidates: String { root + "/candidates" }
    var search: String { root + "/search.sqlite" }
    var verifyLog: String { root + "/verify.log" }
    var crawl: String { root + "/crawl.sqlite" }
    var removals: String { root + "/removals.log" }

    /// The number of a file as its name has it: at least six digits.
    static func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    static func shardName(_ number: Int64, sealed: Bool) -> String {
        padded(number) + (sealed ? ".tar" : ".tar.part")
    }

    func shard(_ number: Int64, sealed: Bool) -> String {
        shards + "/" + Self.shardName(number, sealed: sealed)
    }
}

extension String {
    /// The text with its line breaks turned into blanks, for messages of one line.
    var oneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}
