internal import Digest
internal import Foundation
internal import GRDB

/// The interned parts of a row.
struct InternedRow {
    var phashAlgorithm: Int64
    var textSource: Int64
    var licence: Int64?
    var language: Int64?
    var place: InternedPlace

    /// Of a pair whose content was removed.
    static let none = InternedRow(
        phashAlgorithm: 0, textSource: 0, place: InternedPlace(origin: 0, path: "", page: 0))
}

/// Where a pair was seen, with its interned parts.
struct InternedPlace {
    var origin: Int64
    var path: String
    var page: Int64
}

/// Texts that many rows share, each stored once: origins of URLs, pages and short names.
///
/// What was looked up lately is remembered; a rolled-back transaction must `forget`, for its numbers are gone.
final class InternTable {
    private let findString: SQLStatement
    private let addString: SQLStatement
    private let findOrigin: SQLStatement
    private let addOrigin: SQLStatement
    private let findPage: SQLStatement
    /// Most pages are new.
    private var hashes: FilteredTree
    private let addPage: SQLStatement

    private let strings = Memory(maxEntries: 1 << 12)
    private let origins = Memory(maxEntries: 1 << 17)
    private let pages = Memory(maxEntries: 1 << 15)

    /// What was looked up lately; starts anew when it holds some megabytes.
    private final class Memory {
        private var ids: [ExactText: Int64] = [:]
        private let maxEntries: Int

        init(maxEntries: Int) { self.maxEntries = maxEntries }

        func id(of text: String, _ look: () throws -> Int64) throws -> Int64 {
            let key = ExactText(text: text)
            if let id = ids[key] { return id }
            let id = try look()
            if ids.count >= maxEntries { forget() }
            ids[key] = id
            return id
        }

        func forget() { ids.removeAll(keepingCapacity: true) }
    }

    init(_ database: Database) throws {
        findString = try SQLStatement(database, "SELECT id FROM strings WHERE string = ?")
        addString = try SQLStatement(database, "INSERT INTO strings (string) VALUES (?)")
        findOrigin = try SQLStatement(database, "SELECT id FROM origins WHERE origin = ?")
        addOrigin = try SQLStatement(
            database, "INSERT INTO origins (origin, host) VALUES (?, ?)")
        hashes = try FilteredTree(
            database, "pages", "hash", patience: 8 * Int(Meta(database).pairsInBlock()))
        findPage = try SQLStatement(database, "SELECT id, origin, path FROM pages WHERE hash = ?")
        addPage = try SQLStatement(
            database, "INSERT INTO pages (hash, origin, path) VALUES (?, ?, ?)")
    }

    func forget() {
        strings.forget()
        origins.forget()
        pages.forget()
    }

    func names(of row: PairRow) throws -> InternedRow {
        let place = try place(imageURL: row.imageURL, pageURL: row.pageURL)
        return InternedRow(
            // A picture that was not hashed has no name for its hash, as a removed one has none.
            phashAlgorithm: row.phashAlgorithm.isEmpty ? 0 : try string(row.phashAlgorithm),
            textSource: try string(row.textSource),
            licence: try row.licence.map(string), language: try row.language.map(string),
            place: place)
    }

    func place(imageURL: String, pageURL: String) throws -> InternedPlace {
        let url = URLParts(imageURL)
        return InternedPlace(origin: try origin(url), path: url.path, page: try page(pageURL))
    }

    private func string(_ text: String) throws -> Int64 {
        try strings.id(of: text) {
            try findString.bind(1, text).first { $0.int(0) }
                ?? insert(addString.bind(1, text))
        }
    }

    private func origin(_ url: URLParts) throws -> Int64 {
        try origins.id(of: url.origin) {
            try findOrigin.bind(1, url.origin).first { $0.int(0) }
                ?? insert(addOrigin.bind(1, url.origin).bind(2, url.host))
        }
    }

    private func page(_ url: String) throws -> Int64 {
        try pages.id(of: url) {
            let parts = URLParts(url)
            let origin = try origin(parts)
            // An index of 64-bit hashes is a third of one of URLs; equal hashes are told apart by the text.
            let hash = Int64(bitPattern: SHA256Digest(ofUTF8: url).firstWord)
            if let known = try page(hash, origin, parts.path) { return known }
            hashes.insert(hash)
            return try insert(addPage.bind(1, hash).bind(2, origin).bind(3, parts.path))
        }
    }

    private func page(_ hash: Int64, _ origin: Int64, _ path: String) throws -> Int64? {
        guard try hashes.mayContain(hash) else { return nil }
        var found: Int64?
        try findPage.bind(1, hash).forEach { row in
            if row.int(1) == origin, ExactText(text: row.text(2)) == ExactText(text: path) {
                found = row.int(0)
            }
            return found == nil
        }
        return found
    }

    /// Inserts a row and gives its number.
    private func insert(_ statement: SQLStatement) throws -> Int64 {
        try statement.run()
        return statement.lastInsertedRow
    }
}

/// A text that equals only the same bytes; `String` takes é in one scalar and é in two for the same.
struct ExactText: Hashable {
    let text: String

    static func == (left: Self, right: Self) -> Bool {
        var (left, right) = (left.text, right.text)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard left.count == right.count, let a = left.baseAddress, let b = right.baseAddress else {
                    return left.count == right.count
                }
                return memcmp(a, b, left.count) == 0
            }
        }
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
