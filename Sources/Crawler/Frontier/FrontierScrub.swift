internal import Digest
internal import Foundation
internal import GRDB
public import PairStore

/// Takes what removals name out of a crawl's `crawl.sqlite`: addresses and texts go, their numbers stay.
///
/// The number of a page or picture is a hash of its address, so a crawl that meets it again finds it settled, and
/// asks for nothing. The store's lock must be held, so that no crawl is at work.
public struct FrontierScrub {
    private let path: String
    private let removals: RemovalList

    /// Reads `crawl.sqlite` at `path`, which need not exist.
    public init(_ path: String, _ removals: RemovalList) {
        (self.path, self.removals) = (path, removals)
    }

    /// Gives how many candidates, pictures and pages were forgotten.
    public func run() throws -> Int {
        guard !removals.isEmpty, FileManager.default.fileExists(atPath: path) else { return 0 }
        do {
            let queue = try FrontierSchema.open(path)
            let gone = try queue.writeWithoutTransaction { database in
                // Overwrites what is taken out; the log is folded in and cut, for it holds the old pages.
                try database.execute(sql: "PRAGMA secure_delete = ON; PRAGMA synchronous = FULL")
                var gone = 0
                try database.inTransaction(.immediate) {
                    gone = try scrub(database)
                    return .commit
                }
                _ = try database.checkpoint(.truncate)
                return gone
            }
            try queue.close()
            return gone
        } catch let error as DatabaseError {
            throw CrawlerError(error, path)
        }
    }

    private func scrub(_ database: Database) throws -> Int {
        var gone = try scrubCandidates(database)
        let images = try scrub(
            database, table: "images", dead: ImageState.dropped.rawValue,
            isNamed: { removals.names(imageURL: $0) },
            clear: "url = '', outcome = 'removed', sha256 = NULL")
        let pages = try scrub(
            database, table: "pages", dead: PageState.done.rawValue, isNamed: { removals.names(pageURL: $0) },
            clear: "url = '', outcome = 'removed', licence = NULL, etag = NULL, modified = NULL")
        gone += images.count + pages.count
        try scrubDecisions(database, images.union(pages))
        return gone
    }

    /// Blanks named candidates; a picture that wanted nothing else goes too, and so does the page that offered it.
    private func scrubCandidates(_ database: Database) throws -> Int {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT c.key, c.image, c.page, c.text, i.url, i.sha256, p.url FROM candidates c
                LEFT JOIN images i ON i.id = c.image LEFT JOIN pages p ON p.id = c.page WHERE c.text != ''
                """)
        var (named, images, pages): ([(image: Int64, key: Data)], Set<Int64>, Set<Int64>) = ([], [], [])
        while let row = try rows.next() {
            let sha256 = (row[5] as Data?).flatMap { SHA256Digest(bytes: [UInt8]($0)) }
            let isNamed = removals.names(
                imageURL: row[4] ?? "", pageURL: row[6] ?? "", text: row[3], key: [UInt8](row[0] as Data),
                sha256: sha256)
            guard isNamed else { continue }
            named.append((row[1], row[0]))
            images.insert(row[1])
            pages.insert(row[2])
        }
        let blank = try database.makeStatement(
            sql:
                "UPDATE candidates SET text = '', queries = x'', extra = NULL, state = ? WHERE image = ? AND key = ?"
        )
        for (image, key) in named {
            try blank.execute(arguments: [CandidateState.removed.rawValue, image, key])
        }
        let forget = { (table: String, column: String, ids: Set<Int64>) in
            let statement = try database.makeStatement(
                sql: """
                    UPDATE \(table) SET outcome = 'removed' WHERE id = ?1
                    AND NOT EXISTS (SELECT 1 FROM candidates WHERE \(column) = ?1 AND text != '')
                    """)
            for id in ids { try statement.execute(arguments: [id]) }
        }
        // No index leads from a page to its candidates; one for the while of this scan.
        try database.execute(sql: "CREATE INDEX scrub_page ON candidates(page)")
        try forget("images", "image", images)
        try forget("pages", "page", pages)
        try database.execute(sql: "DROP INDEX scrub_page")
        return named.count
    }

    /// Blanks the rows of a table that are named or were marked above, and takes them out of their host's queue.
    private func scrub(
        _ database: Database, table: String, dead: Int, isNamed: (String) -> Bool, clear: String
    ) throws -> Set<String> {
        var found: [(id: Int64, url: String)] = []
        let rows = try Row.fetchCursor(database, sql: "SELECT id, url, outcome FROM \(table) WHERE url != ''")
        while let row = try rows.next() {
            let url: String = row[1]
            if row[2] as String? == "removed" || isNamed(url) { found.append((row[0], url)) }
        }
        let leave = try database.makeStatement(
            sql: """
                UPDATE hosts SET queued = queued - 1 WHERE id =
                  (SELECT host FROM \(table) WHERE id = ? AND state = 0)
                """)
        let blank = try database.makeStatement(
            sql: "UPDATE \(table) SET \(clear), state = \(dead) WHERE id = ?")
        for row in found {
            try leave.execute(arguments: [row.id])
            try blank.execute(arguments: [row.id])
        }
        return Set(found.map(\.url))
    }

    private func scrubDecisions(_ database: Database, _ gone: Set<String>) throws {
        var ids: [Int64] = []
        let rows = try Row.fetchCursor(database, sql: "SELECT id, url FROM decisions WHERE url != ''")
        while let row = try rows.next() {
            let url: String = row[1]
            if gone.contains(url) || removals.names(imageURL: url) || removals.names(pageURL: url) {
                ids.append(row[0])
            }
        }
        let blank = try database.makeStatement(sql: "UPDATE decisions SET url = '' WHERE id = ?")
        for id in ids { try blank.execute(arguments: [id]) }
    }
}
