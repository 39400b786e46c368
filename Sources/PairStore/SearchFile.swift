internal import Foundation
internal import GRDB

/// `search.sqlite`: a full-text index (SQLite's FTS5) of the captions, made when it is first asked for.
///
/// It holds words and pair numbers, no texts, and can be deleted at any time. It knows which pairs it has taken in,
/// so that a search first takes in what is new. A removal deletes it. Where it cannot be written, as in a read-only
/// folder, texts are scanned.
final class SearchFile: Sendable {
    private let queue: DatabaseQueue

    /// The version of the index; another is made anew.
    private static let version = 1
    private static let pageRows: Int64 = 20_000

    /// Opens the index of a store, or makes an empty one; `nil` where the folder lets nobody write.
    init?(_ paths: StorePaths, uuid: String) throws {
        guard access(paths.root, W_OK) == 0 else { return nil }
        var configuration = Configuration()
        configuration.label = "wit.search"
        // Two searches at once: the second waits until the first has taken in what is new.
        configuration.busyMode = .timeout(600)
        let queue = try DatabaseQueue(path: paths.search, configuration: configuration)
        self.queue = queue
        try queue.writeWithoutTransaction { database in
            // A crash may cost the index, which is then made anew; nothing else hangs on it.
            try database.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL")
            try database.inTransaction(.immediate) {
                try Self.prepare(database, uuid)
                return .commit
            }
        }
    }

    private static func prepare(_ database: Database, _ uuid: String) throws {
        let isMade = try database.tableExists("state")
        if isMade, try String.fetchOne(database, sql: "SELECT store FROM state") == uuid,
            try Int.fetchOne(database, sql: "PRAGMA user_version") == version
        {
            return
        }
        try database.execute(
            sql: """
                DROP TABLE IF EXISTS captions; DROP TABLE IF EXISTS state;
                CREATE VIRTUAL TABLE captions USING fts5(
                  text, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
                CREATE TABLE state (store TEXT NOT NULL, last INTEGER NOT NULL);
                PRAGMA user_version = \(version);
                """)
        try database.execute(sql: "INSERT INTO state VALUES (?, 0)", arguments: [uuid])
    }

    /// Takes in the captions that came since; `texts` gives those after a number, ascending.
    func update(_ texts: (_ after: Int64, _ limit: Int64) throws -> [(id: Int64, text: String)]) throws {
        while true {
            let last = try queue.read { try Int64.fetchOne($0, sql: "SELECT last FROM state") ?? 0 }
            let new = try texts(last, Self.pageRows)
            guard let end = new.last else { return }
            try queue.writeWithoutTransaction { database in
                try database.inTransaction(.immediate) {
                    // Another search may have been here since.
                    guard try Int64.fetchOne(database, sql: "SELECT last FROM state") == last else {
                        return .rollback
                    }
                    let insert = try database.makeStatement(
                        sql: "INSERT INTO captions (rowid, text) VALUES (?, ?)")
                    for (id, text) in new { try insert.execute(arguments: [id, text]) }
                    try database.execute(sql: "UPDATE state SET last = ?", arguments: [end.id])
                    return .commit
                }
            }
        }
    }

    /// Numbers of pairs whose caption matches, ascending, after one of them.
    func pairs(matching expression: String, after: Int64, limit: Int) throws -> [Int64] {
        do {
            return try queue.read {
                try Int64.fetchAll(
                    $0,
                    sql:
                        "SELECT rowid FROM captions WHERE captions MATCH ? AND rowid > ? ORDER BY rowid LIMIT ?",
                    arguments: [expression, after, limit])
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            throw StoreError(
                .badArgument, expression, "is no search: \(error.message ?? "see sqlite.org/fts5.html")")
        }
    }

    /// Deletes the index: it holds words of a text that was removed.
    static func delete(_ paths: StorePaths, _ files: any FileLayer) throws {
        for suffix in ["", "-journal"] where try files.size(of: paths.search + suffix) != nil {
            try files.remove(paths.search + suffix)
        }
    }
}

/// What a person searches for: words, "several in a row", or beginnings such as snow*; all must be there.
struct SearchTerms {
    struct Term: Equatable {
        var text: String
        var isPrefix = false
    }

    private(set) var terms: [Term] = []

    init(_ words: String) {
        var isQuoted = false
        for part in words.split(separator: "\"", omittingEmptySubsequences: false) {
            if isQuoted {
                if !part.allSatisfy(\.isWhitespace) { terms.append(Term(text: String(part))) }
            } else {
                for word in part.split(whereSeparator: \.isWhitespace) {
                    let isPrefix = word.hasSuffix("*")
                    let text = String(isPrefix ? word.dropLast() : word)
                    if !text.isEmpty { terms.append(Term(text: text, isPrefix: isPrefix)) }
                }
            }
            isQuoted.toggle()
        }
    }

    /// As FTS5 wants it, each term quoted so that it means itself.
    var expression: String {
        terms.map { "\"\($0.text)\"" + ($0.isPrefix ? "*" : "") }.joined(separator: " AND ")
    }
}
