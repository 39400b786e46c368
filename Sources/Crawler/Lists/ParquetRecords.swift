internal import Foundation

/// Reads Parquet through DuckDB's command line, which gives the wanted columns as CSV.
final class ParquetRecords: ListRecords {
    private let process: Program
    private let records: DelimitedRecords
    private let path: String

    /// - Parameters:
    ///   - program: DuckDB's command line; nil for the `duckdb` on PATH.
    ///   - choose: which of the file's columns are wanted.
    init(path: String, program: String?, choose: ([String]) throws -> [String]) throws {
        guard let duckdb = program ?? Program.find("duckdb") else {
            throw CrawlerError(
                .input, path,
                "reading Parquet needs DuckDB's command line, which is not on PATH; "
                    + "install it (pip install duckdb-cli) or name it with --duckdb")
        }
        self.path = path
        let table = "read_parquet('\(path.replacing("'", with: "''"))')"
        let wanted = try choose(Self.columns(of: table, path, duckdb))
        let list = wanted.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ", ")
        // Rows must come in the file's order, so that the next run goes on at the right one.
        process = try Program(
            duckdb,
            [
                "-c",
                "SET preserve_insertion_order = true; COPY (SELECT \(list) FROM \(table)) TO '/dev/stdout' (FORMAT csv, HEADER)",
            ])
        records = try DelimitedRecords(process.output, separator: UInt8(ascii: ","), hasQuotes: true)
        // Without rows the header tells whether DuckDB could read the file at all.
        if records.columns.isEmpty { try Self.check(process, path) }
    }

    var columns: [String] { records.columns }

    func text(_ column: Int) -> String? { records.text(column) }

    func next() throws -> ListRecord? {
        if let record = try records.next() { return record }
        try Self.check(process, path)
        return nil
    }

    private static func columns(of table: String, _ path: String, _ duckdb: String) throws -> [String] {
        let process = try Program(duckdb, ["-csv", "-c", "DESCRIBE SELECT * FROM \(table)"])
        let described = try DelimitedRecords(process.output, separator: UInt8(ascii: ","), hasQuotes: true)
        var names: [String] = []
        while case .row? = try described.next() { names.append(described.text(0) ?? "") }
        try check(process, path)
        return names
    }

    private static func check(_ process: Program, _ path: String) throws {
        guard let complaint = process.complaint() else { return }
        throw CrawlerError(.input, path, "DuckDB cannot read it: \(complaint)")
    }
}
