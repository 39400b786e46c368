internal import GRDB

/// Inserts many rows by one statement.
///
/// While a statement runs SQLite keeps its place in the tree, so that rows which ascend go in without a search from the
/// root for each.
struct BulkInsert {
    private let columns: Int32
    private let many: SQLStatement
    private let one: SQLStatement

    private static let rowsAtOnce = 64

    /// `clause` follows the values: what becomes of rows that are there.
    init(_ database: Database, into table: String, _ columns: [String], clause: String = "") throws {
        self.columns = Int32(columns.count)
        let names = columns.joined(separator: ", ")
        let row = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
        func statement(_ rows: Int) throws -> SQLStatement {
            let values = Array(repeating: row, count: rows).joined(separator: ", ")
            return try SQLStatement(database, "INSERT INTO \(table) (\(names)) VALUES \(values) \(clause)")
        }
        (many, one) = (try statement(Self.rowsAtOnce), try statement(1))
    }

    /// Inserts rows in the order they have. `bind` gives a row's values to the parameters after `index`.
    func run<Row>(
        _ rows: [Row], _ bind: (_ row: Row, _ statement: SQLStatement, _ index: Int32) -> Void
    ) throws {
        let whole = rows.count - rows.count % Self.rowsAtOnce
        for start in stride(from: 0, to: whole, by: Self.rowsAtOnce) {
            for place in 0..<Self.rowsAtOnce {
                bind(rows[start + place], many, Int32(place) * columns)
            }
            try many.run()
        }
        for row in rows[whole...] {
            bind(row, one, 0)
            try one.run()
        }
    }
}
