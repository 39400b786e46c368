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

/// Texts that many rows share: origins of URLs, pages and short names.
///
/// Origins and names are stored once. The pairs of a page come together, so a page is looked for only among those that came
/// lately: a tree to find each of them by would cost more than the few that are stored twice.
///
/// What was looked up lately is remembered; a rolled-back transaction must `forget`, for its numbers are gone.
final class InternTable {
    private let findString: SQLStatement
    private let addString: SQLStatement
    private let findOrigin: SQLStatement
    private let addOrigin: SQLStatement
    private let addPage: SQLStatement

    private var strings = RecentTexts(maxEntries: 1 << 12)
    private var origins = RecentTexts(maxEntries: 1 << 17)
    private var pages = RecentTexts(maxEntries: 1 << 15)

    init(_ database: Database) throws {
        findString = try SQLStatement(database, "SELECT id FROM strings WHERE string = ?")
        addString = try SQLStatement(database, "INSERT INTO strings (string) VALUES (?)")
        findOrigin = try SQLStatement(database, "SELECT id FROM origins WHERE origin = ?")
        addOrigin = try SQLStatement(
            database, "INSERT INTO origins (origin, host) VALUES (?, ?)")
        addPage = try SQLStatement(database, "INSERT INTO pages (origin, path) VALUES (?, ?)")
    }

    func forget() {
        strings.forget()
        origins.forget()
        pages.forget()
    }

    func names(of row: PairRow, _ details: RowDetails) throws -> InternedRow {
        InternedRow(
            // A picture that was not hashed has no name for its hash, as a removed one has none.
            phashAlgorithm: row.phashAlgorithm.isEmpty ? 0 : try string(row.phashAlgorithm),
            textSource: try string(row.textSource),
            licence: try row.licence.map(string), language: try row.language.map(string),
            place: InternedPlace(
                origin: try origin(details.image), path: details.image.path,
                page: try page(row.pageURL, details.page)))
    }

    func place(of sighting: Sighting) throws -> InternedPlace {
        let url = URLParts(sighting.imageURL)
        return InternedPlace(
            origin: try origin(url), path: url.path,
            page: try page(sighting.pageURL, URLParts(sighting.pageURL)))
    }

    /// The origin of a pair's picture.
    func origin(of row: PairRow) throws -> Int64 { try origin(URLParts(row.imageURL)) }

    private func string(_ text: String) throws -> Int64 {
        if let id = strings.id(of: text) { return id }
        let found = try findString.bind(1, text).first { $0.int(0) }
        let id = try found ?? insert(addString.bind(1, text))
        strings.remember(text, id)
        return id
    }

    private func origin(_ url: URLParts) throws -> Int64 {
        if let id = origins.id(of: url.origin) { return id }
        let found = try findOrigin.bind(1, url.origin).first { $0.int(0) }
        let id = try found ?? insert(addOrigin.bind(1, url.origin).bind(2, url.host))
        origins.remember(url.origin, id)
        return id
    }

    private func page(_ url: String, _ parts: URLParts) throws -> Int64 {
        if let id = pages.id(of: url) { return id }
        let id = try insert(addPage.bind(1, origin(parts)).bind(2, parts.path))
        pages.remember(url, id)
        return id
    }

    /// Inserts a row and gives its number.
    private func insert(_ statement: SQLStatement) throws -> Int64 {
        try statement.run()
        return statement.lastInsertedRow
    }
}

/// Numbers of texts that were asked for lately: twice `maxEntries` at most, of which those longest unasked go at once.
struct RecentTexts {
    private var young: [ExactText: Int64] = [:]
    private var old: [ExactText: Int64] = [:]
    private let maxEntries: Int

    init(maxEntries: Int) { self.maxEntries = maxEntries }

    mutating func id(of text: String) -> Int64? {
        let key = ExactText(text: text)
        if let id = young[key] { return id }
        guard let id = old[key] else { return nil }
        remember(text, id)
        return id
    }

    mutating func remember(_ text: String, _ id: Int64) {
        if young.count >= maxEntries {
            swap(&young, &old)
            young.removeAll(keepingCapacity: true)
        }
        young[ExactText(text: text)] = id
    }

    mutating func forget() {
        young.removeAll()
        old.removeAll()
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
