internal import Foundation

/// What a built list is made of: counts, provenance, hash and the command; `manifest.json` beside the list.
public struct QueryListManifest: Codable, Sendable, Equatable {
    /// One source of entries.
    public struct Source: Codable, Sendable, Equatable {
        /// Its name in the list's second column.
        public let source: QuerySource
        /// How many entries of the list are its own.
        public let entries: Int
        /// What the third column means for it.
        public let score: String
        /// How many candidates it had before any rule.
        public let offered: Int
        /// How many fell to each rule.
        public let dropped: [String: Int]
        /// The packages that its data comes from; empty when it was built from files the user named.
        public let packages: [SourcePackage]
    }

    /// The file that holds the list.
    public let file: String
    /// Rows.
    public let entries: Int
    /// Bytes of the uncompressed text.
    public let bytes: Int
    /// SHA-256 of the uncompressed text, in hexadecimal; a store is bound to it.
    public let sha256: String
    /// The command that built it.
    public let command: String
    /// The version of `TextNormaliser`'s rules.
    public let normaliserVersion: Int
    /// The version of the rules that keep noise out.
    public let rulesVersion: Int
    /// WordNet's synsets, and those of which no word is in the list.
    public let synsets: SynsetCoverage?
    /// The sources in the order that they were put together.
    public let sources: [Source]

    /// How much of WordNet a list covers.
    public struct SynsetCoverage: Codable, Sendable, Equatable {
        /// All synsets.
        public let total: Int
        /// The words of each synset that has no word in the list.
        public let missing: [[String]]
    }

    private enum CodingKeys: String, CodingKey {
        case file, entries, bytes, sha256, command, synsets, sources
        case normaliserVersion = "normaliser_version"
        case rulesVersion = "rules_version"
    }

    /// Reads a manifest. Throws `QueryBankError` when there is none at the path.
    public init(contentsOf path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw QueryBankError(
                .cannotRead, "\(path): cannot be read; a built list has its manifest.json beside it")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw QueryBankError(
                .badFormat, "\(path): not the manifest of a query list; build the list again")
        }
    }

    /// Writes the manifest as JSON with sorted names, so equal lists give equal files.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            var data = try encoder.encode(self)
            data.append(UInt8(ascii: "\n"))
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw QueryBankError(.cannotWrite, "\(path): cannot be written; is the folder there?")
        }
    }

    init(of list: BuiltList, file: String, sha256: String, bytes: Int, command: String) {
        self.file = file
        self.entries = list.entries.count
        self.bytes = bytes
        self.sha256 = sha256
        self.command = command
        self.normaliserVersion = TextNormaliser.version
        self.rulesVersion = EntryRules.version
        self.synsets = list.synsets
        self.sources = QuerySource.allCases.compactMap { source in
            guard let tally = list.tallies[source] else { return nil }
            return Source(
                source: source, entries: tally.kept, score: source.scoreMeaning, offered: tally.offered,
                dropped: tally.dropped, packages: list.packages.filter { $0.entries.contains(source) })
        }
    }
}
