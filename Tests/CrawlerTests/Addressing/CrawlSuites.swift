import Foundation

/// The folder that `scripts/fetch-crawl-suites` fills, where the environment names one.
enum CrawlSuites {
    static let folder = ProcessInfo.processInfo.environment["WIT_TEST_SUITES"]
        .map { $0 + "/crawl/" }
        .flatMap { FileManager.default.fileExists(atPath: $0 + "complete") ? $0 : nil }

    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: (folder ?? "") + name))
    }

    /// The rows of a file of JSON lines.
    static func rows<Row: Decodable>(_ name: String, as type: Row.Type) throws -> [Row] {
        try data(name).split(separator: 10).map { try JSONDecoder().decode(type, from: $0) }
    }
}
