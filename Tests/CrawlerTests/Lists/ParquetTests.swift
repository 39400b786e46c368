import Foundation
import TestSupport
import Testing

@testable import Crawler

/// The scratch Python of the tests, where there is one.
let testPython = ProcessInfo.processInfo.environment["WIT_TEST_PYTHON"]

/// Parquet files of pyarrow, read through DuckDB's command line; both lie beside the scratch Python of the tests.
@Suite(.enabled(if: testPython != nil, "needs WIT_TEST_PYTHON (scripts/setup-test-python)"))
struct ParquetTests {
    private var options: ListOptions {
        let folder = testPython.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
        return options(duckdb: folder.map { $0 + "/duckdb" })
    }

    private func options(duckdb: String?) -> ListOptions {
        var options = ListOptions()
        options.duckdb = duckdb
        return options
    }

    private func write(_ path: String) throws {
        let script = """
            import pyarrow as pa, pyarrow.parquet as pq
            rows = range(5000)
            pq.write_table(pa.table({
                "SAMPLE_ID": list(rows), "URL": [f"http://a.test/{n}.png" for n in rows],
                "TEXT": [None if n == 7 else f'dog, "{n}"\\nnext' for n in rows], "similarity": [0.5] * 5000,
                "LICENSE": ["?"] * 5000}), "\(path)", row_group_size=700)
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try testPython.required)
        process.arguments = ["-c", script]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    @Test func rowsComeInOrder() throws {
        let folder = try TemporaryFolder("wit-parquet")
        let path = folder.file("it's.parquet")
        try write(path)
        for named in [false, true] {
            var options = options
            if named {
                (options.urlColumn, options.textColumns) = ("2", ["3", "SAMPLE_ID"])
                options.keptColumns = ["4", "LICENSE"]
            }
            let list = try URLList(path, options)
            for number in 0..<5_000 {
                let row = try #require(try list.next()).get()
                let texts = (number == 7 ? [] : ["dog, \"\(number)\"\nnext"]) + (named ? ["\(number)"] : [])
                let extra = named ? ["similarity": "0.5"] : [:]
                #expect(
                    row
                        == ListRow(
                            url: "http://a.test/\(number).png", texts: texts, licence: "?", extra: extra))
            }
            #expect(try list.next() == nil)
        }
    }

    @Test func whatIsNoParquetIsAnError() throws {
        let folder = try TemporaryFolder("wit-parquet")
        let path = try folder.write("broken.parquet", "no parquet at all".utf8)
        let error = #expect(throws: CrawlerError.self) { try URLList(path, options) }
        #expect("\(try error.required)".contains("DuckDB cannot read it"))
        let elsewhere = options(duckdb: "/nowhere/duckdb")
        let missing = #expect(throws: CrawlerError.self) { try URLList(path, elsewhere) }
        #expect("\(try missing.required)".contains("cannot be run"))
    }
}
