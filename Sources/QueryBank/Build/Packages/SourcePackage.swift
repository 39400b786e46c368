internal import Foundation

/// A package that a list is built from, as `queries/sources.json` pins it.
public struct SourcePackage: Codable, Sendable, Equatable {
    /// The folder among the sources that holds its files.
    public let folder: String
    /// "PyPI" or "Debian".
    public let registry: String
    /// The package's name there.
    public let package: String
    /// The pinned version.
    public let version: String
    /// SHA-256 of the archive that the registry serves, in hexadecimal.
    public let archiveSHA256: String
    /// Which sources of entries it feeds.
    public let entries: [QuerySource]
    /// The licence of the data.
    public let licence: String
    /// Who is to be named.
    public let attribution: String
    /// The project's page.
    public let home: String

    private enum CodingKeys: String, CodingKey {
        case folder, registry, package, version, entries, licence, attribution, home
        case archiveSHA256 = "archive_sha256"
    }

    private struct Pins: Decodable {
        let version: Int
        let sources: [SourcePackage]
    }

    /// The packages of a folder of sources, from the `sources.json` in it.
    static func reading(folder: String) throws -> [SourcePackage] {
        let path = "\(folder)/sources.json"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw QueryBankError(
                .cannotRead, "\(path): not there; fill the folder with scripts/fetch-query-sources")
        }
        guard let pins = try? JSONDecoder().decode(Pins.self, from: data), pins.version == 1 else {
            throw QueryBankError(
                .badFormat, "\(path): not the pins of query sources; fetch the sources again")
        }
        return pins.sources
    }
}
