/// How URL lists are read.
public struct ListOptions: Sendable, Equatable {
    /// The format of the files; nil to tell it by their names.
    public var format: ListFormat?
    /// The column of the picture's address; nil to find it by its name.
    public var urlColumn: String?
    /// The columns of texts, best first; empty to find one by its name.
    public var textColumns: [String] = []
    /// The column of the page's address; nil to find it by its name, which a list need not have.
    public var pageColumn: String?
    /// Columns whose values are kept with the pair, by name or number; `all` for every column of no other meaning.
    public var keptColumns: [String] = []
    /// DuckDB's command line, for Parquet; nil for the `duckdb` on PATH.
    public var duckdb: String?

    /// Everything found by names.
    public init() {}
}

/// Formats of URL lists; all but Parquet may be compressed with gzip or Zstandard.
public enum ListFormat: String, Sendable, Codable, CaseIterable {
    /// Comma-separated values (RFC 4180).
    case csv
    /// Tab-separated values, without quotes.
    case tsv
    /// A JSON object a line.
    case jsonl
    /// Apache Parquet.
    case parquet

    /// The format that a file's name tells; nil when it tells none.
    init?(path: String) {
        let name = path.lowercased()
        var endings = name.split(separator: ".")
        if ["gz", "zst"].contains(endings.last) { endings.removeLast() }
        switch endings.last {
        case "csv": self = .csv
        case "tsv", "tab": self = .tsv
        case "jsonl", "ndjson", "json": self = .jsonl
        case "parquet", "parq": self = .parquet
        default: return nil
        }
    }
}
