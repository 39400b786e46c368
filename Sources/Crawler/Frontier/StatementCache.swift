internal import GRDB
internal import PairStore

/// The statements of one connection, prepared once. To be emptied before the connection closes.
final class StatementCache {
    // By where the program has their text: a look by the text itself would hash it each time.
    private var statements: [UnsafePointer<UInt8>: SQLStatement] = [:]

    /// A statement with its values, which count from 1 in the text.
    func prepared<each Value: SQLValue>(
        _ sql: StaticString, _ database: Database, _ values: repeat each Value
    ) throws -> SQLStatement {
        let statement = try statement(sql, database)
        var index: Int32 = 0
        func bind(_ value: some SQLValue) {
            index += 1
            value.bind(to: statement, index)
        }
        repeat bind(each values)
        return statement
    }

    private func statement(_ sql: StaticString, _ database: Database) throws -> SQLStatement {
        if let known = statements[sql.utf8Start] { return known }
        let new = try SQLStatement(database, "\(sql)")
        statements[sql.utf8Start] = new
        return new
    }

    func removeAll() { statements.removeAll() }
}

/// What a statement's parameter may be, and a column of a row.
protocol SQLValue {
    func bind(to statement: SQLStatement, _ index: Int32)
    init(_ row: SQLStatement, column: Int32)
}

extension SQLStatement {
    /// A column of the row; they count from 0.
    subscript<Value: SQLValue>(column: Int32) -> Value { Value(self, column: column) }
}

extension Int64: SQLValue {
    func bind(to statement: SQLStatement, _ index: Int32) { statement.bind(index, self) }
    init(_ row: SQLStatement, column: Int32) { self = row.int(column) }
}

extension Int: SQLValue {
    func bind(to statement: SQLStatement, _ index: Int32) { statement.bind(index, Int64(self)) }
    init(_ row: SQLStatement, column: Int32) { self = Int(row.int(column)) }
}

extension Bool: SQLValue {
    func bind(to statement: SQLStatement, _ index: Int32) { statement.bind(index, Int64(self ? 1 : 0)) }
    init(_ row: SQLStatement, column: Int32) { self = row.int(column) != 0 }
}

extension String: SQLValue {
    func bind(to statement: SQLStatement, _ index: Int32) { statement.bind(index, self) }
    init(_ row: SQLStatement, column: Int32) { self = row.text(column) }
}

extension [UInt8]: SQLValue {
    func bind(to statement: SQLStatement, _ index: Int32) { statement.bind(index, self) }
    init(_ row: SQLStatement, column: Int32) { self = row.blob(column) }
}

extension Optional: SQLValue where Wrapped: SQLValue {
    func bind(to statement: SQLStatement, _ index: Int32) {
        if let self { self.bind(to: statement, index) } else { statement.bindNull(index) }
    }

    init(_ row: SQLStatement, column: Int32) {
        self = row.isNull(column) ? nil : Wrapped(row, column: column)
    }
}
