internal import GRDB
internal import QueryBank

/// Sums over all live pairs, kept as they change, so that a summary of ten million pairs is one small read.
///
/// Changes gather in memory and are written once a transaction.
final class Totals {
    private struct Name: Hashable {
        let kind: String
        let bucket: String
    }

    private var changes: [Name: Int64] = [:]
    private var origins: [Int64: Int64] = [:]
    private var queryPairs: [QueryID: Int64] = [:]

    private let add: SQLStatement
    private let addToOrigin: SQLStatement
    private let setStates: BulkInsert
    private let setCounter: SQLStatement
    private let addQuery: SQLStatement

    init(_ database: Database) throws {
        add = try SQLStatement(
            database,
            """
            INSERT INTO totals (kind, bucket, value) VALUES (?, ?, ?)
            ON CONFLICT (kind, bucket) DO UPDATE SET value = value + excluded.value
            """)
        addToOrigin = try SQLStatement(database, "UPDATE origins SET pairs = pairs + ? WHERE id = ?")
        setStates = try BulkInsert(
            database, into: "query_state", ["query", "claims", "u", "pairs"],
            clause: """
                ON CONFLICT (query) DO UPDATE
                SET claims = excluded.claims, u = excluded.u, pairs = pairs + excluded.pairs
                """)
        setCounter = try SQLStatement(
            database,
            """
            INSERT INTO counters (source, name, value) VALUES (?, ?, ?)
            ON CONFLICT (source, name) DO UPDATE SET value = excluded.value
            """)
        addQuery = try SQLStatement(database, "INSERT INTO queries (query, text) VALUES (?, ?)")
    }

    /// Counts a pair that became live (`sign` 1) or ceased to be (-1).
    func count(_ row: PairRow, origin: Int64, isOnlyOfImage: Bool, sign: Int64) {
        change("pairs", CatalogueSchema.Status.live.name, sign)
        change("bytes", "images", sign * Int64(row.imageBytes))
        if isOnlyOfImage { change("images", "unique", sign) }
        change("format", row.format, sign)
        change("short_side", Bucket.power(min(row.width, row.height)), sign)
        change("aspect", Bucket.aspect(width: row.width, height: row.height), sign)
        change("words", Bucket.power(Bucket.words(row.text)), sign)
        change("language", row.language ?? "", sign)
        change("text_source", row.textSource, sign)
        origins[origin, default: 0] += sign
        for query in row.queries { queryPairs[query, default: 0] += sign }
    }

    func change(_ kind: String, _ bucket: String, _ by: Int64) {
        changes[Name(kind: kind, bucket: bucket), default: 0] += by
    }

    /// Notes that a query's claims changed though none of its pairs did.
    func touch(_ query: QueryID) { queryPairs[query, default: 0] += 0 }

    func write(_ balance: Balance) throws {
        for (name, value) in changes where value != 0 {
            try add.bind(1, name.kind).bind(2, name.bucket).bind(3, value).run()
        }
        for (origin, value) in origins where value != 0 {
            try addToOrigin.bind(1, value).bind(2, origin).run()
        }
        try setStates.run(queryPairs.sorted { $0.key < $1.key }) { change, statement, index in
            let query = change.key
            statement.bind(index + 1, Int64(query)).bind(index + 2, Int64(balance.count(of: query)))
            statement.bind(index + 3, balance.threshold(of: query).map(Stored.ordered))
            statement.bind(index + 4, change.value)
        }
        forget()
    }

    func write(counters: [String: [String: Int64]]) throws {
        for (source, values) in counters {
            for (name, value) in values { try setCounter.bind(1, source).bind(2, name).bind(3, value).run() }
        }
    }

    /// Writes a query's text down, for readers who lack the list.
    func addText(of query: QueryID, _ text: String) throws {
        try addQuery.bind(1, Int64(query)).bind(2, text).run()
    }

    func forget() {
        changes.removeAll(keepingCapacity: true)
        origins.removeAll(keepingCapacity: true)
        queryPairs.removeAll(keepingCapacity: true)
    }
}

/// The classes that summaries count in.
enum Bucket {
    /// The largest power of two not above a number, as digits: `256` for 256 to 511.
    static func power(_ value: Int) -> String {
        value <= 0 ? "0" : String(1 << (Int.bitWidth - 1 - value.leadingZeroBitCount))
    }

    /// Width to height, rounded to a familiar ratio.
    static func aspect(width: Int, height: Int) -> String {
        let ratio = Double(max(width, 1)) / Double(max(height, 1))
        let bounds: [(Double, String)] = [
            (0.4, "<2:5"), (0.6, "1:2"), (0.9, "3:4"), (1.1, "1:1"), (1.4, "4:3"), (1.7, "3:2"), (2.5, "2:1"),
        ]
        return bounds.first { ratio < $0.0 }?.1 ?? ">5:2"
    }

    static func words(_ text: String) -> Int {
        text.utf8.split { $0 <= 0x20 }.count
    }
}
