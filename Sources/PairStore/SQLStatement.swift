package import GRDB
internal import GRDBSQLite

/// A prepared statement of one connection, bound and stepped without boxing its values.
///
/// A commit runs some twenty small statements for each pair, and a crawl's frontier ten for each picture; GRDB's own calls
/// cost more than SQLite's work there.
/// Confined to the connection's queue, and let go before the connection closes.
package final class SQLStatement {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    private let sql: String

    package init(_ database: Database, _ sql: String) throws {
        guard let connection = database.sqliteConnection else {
            throw StoreError(.catalogue, "catalogue", "is closed")
        }
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw Self.failure(code, connection, sql) }
        self.handle = handle
        self.connection = connection
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    // MARK: Binding; parameters count from 1

    @discardableResult
    package func bind(_ index: Int32, _ value: Int64) -> SQLStatement {
        sqlite3_bind_int64(handle, index, value)
        return self
    }

    @discardableResult
    func bind(_ index: Int32, _ value: Int64?) -> SQLStatement {
        if let value { return bind(index, value) }
        return bindNull(index)
    }

    @discardableResult
    func bind(_ index: Int32, _ value: String?) -> SQLStatement {
        if let value { return bind(index, value) }
        return bindNull(index)
    }

    @discardableResult
    package func bindNull(_ index: Int32) -> SQLStatement {
        sqlite3_bind_null(handle, index)
        return self
    }

    /// The text is copied: SQLite's transient destructor.
    @discardableResult
    package func bind(_ index: Int32, _ value: String) -> SQLStatement {
        var value = value
        _ = value.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                // An empty buffer may have no address, which SQLite would take for NULL.
                if let base = characters.baseAddress {
                    sqlite3_bind_text(handle, index, base, Int32(characters.count), Self.transient)
                } else {
                    sqlite3_bind_text(handle, index, "", 0, Self.transient)
                }
            }
        }
        return self
    }

    @discardableResult
    package func bind(_ index: Int32, _ value: [UInt8]) -> SQLStatement {
        if value.isEmpty {
            sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            sqlite3_bind_blob(handle, index, value, Int32(value.count), Self.transient)
        }
        return self
    }

    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    // MARK: Running

    /// Runs a statement that gives no rows.
    package func run() throws {
        defer { sqlite3_reset(handle) }
        let code = sqlite3_step(handle)
        guard code == SQLITE_DONE else { throw failure(code) }
    }

    /// The number of the row that this connection inserted last.
    var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(connection) }

    /// The first row, read by `body`; `nil` without one.
    package func first<T>(_ body: (SQLStatement) throws -> T) throws -> T? {
        defer { sqlite3_reset(handle) }
        return try step() ? body(self) : nil
    }

    /// Every row, until `body` says no.
    package func forEach(_ body: (SQLStatement) throws -> Bool) throws {
        defer { sqlite3_reset(handle) }
        while try step() {
            if try !body(self) { return }
        }
    }

    private func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    private func failure(_ code: Int32) -> DatabaseError { Self.failure(code, connection, sql) }

    private static func failure(_ code: Int32, _ connection: OpaquePointer, _ sql: String) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)),
            sql: sql)
    }

    // MARK: Columns; they count from 0

    package func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

    package func text(_ column: Int32) -> String {
        guard let base = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self)
    }

    package func blob(_ column: Int32) -> [UInt8] {
        guard let base = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(handle, column))))
    }
}
