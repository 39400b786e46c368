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

    private struct LivePairs {
        var pairs: Int64 = 0
        var imageBytes: Int64 = 0
        var uniqueImages: Int64 = 0
    }

    private var changes: [Name: Int64] = [:]
    private var live = LivePairs()
    private var classes: [PairClass: Int64] = [:]
    private var origins: [Int64: Int64] = [:]
    private var queryPairs = QueryChanges()

    private let add: SQLStatement
    private let addToOrigin: SQLStatement
    private let setStates: BulkInsert
    private let setCounter: SQLStatement
    private let addQueries: BulkInsert

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
        addQueries = try BulkInsert(database, into: "queries", ["query", "text"])
    }

    /// Counts a pair that became live (`sign` 1) or ceased to be (-1).
    func count(
        _ row: PairRow, _ pairClass: PairClass, origin: Int64, isOnlyOfImage: Bool, sign: Int64
    ) {
        live.pairs += sign
        live.imageBytes += sign * Int64(row.imageBytes)
        if isOnlyOfImage { live.uniqueImages += sign }
        classes[pairClass, default: 0] += sign
        origins[origin, default: 0] += sign
        for query in row.queries { queryPairs.add(query, sign) }
    }

    func change(_ kind: String, _ bucket: String, _ by: Int64) {
        changes[Name(kind: kind, bucket: bucket), default: 0] += by
    }

    /// Notes that a query's claims changed though none of its pairs did.
    func touch(_ query: QueryID) { queryPairs.add(query, 0) }

    func write(_ balance: Balance) throws {
        change("pairs", CatalogueSchema.Status.live.name, live.pairs)
        change("bytes", "images", live.imageBytes)
        change("images", "unique", live.uniqueImages)
        for (pairs, value) in classes {
            for (kind, bucket) in pairs.buckets { change(kind, bucket, value) }
        }
        for (name, value) in changes where value != 0 {
            try add.bind(1, name.kind).bind(2, name.bucket).bind(3, value).run()
        }
        for (origin, value) in origins where value != 0 {
            try addToOrigin.bind(1, value).bind(2, origin).run()
        }
        try setStates.run(queryPairs.touched.sorted()) { query, statement, index in
            statement.bind(index + 1, Int64(query)).bind(index + 2, Int64(balance.count(of: query)))
            statement.bind(index + 3, balance.threshold(of: query).map(Stored.ordered))
            statement.bind(index + 4, queryPairs[query])
        }
        forget()
    }

    func write(counters: [String: [String: Int64]]) throws {
        for (source, values) in counters {
            for (name, value) in values { try setCounter.bind(1, source).bind(2, name).bind(3, value).run() }
        }
    }

    /// Writes texts of queries down, for readers who lack the list.
    func write(textsOf queries: Set<QueryID>, _ texts: QueryTexts) throws {
        let rows = try queries.sorted().map { (query: $0, text: try texts.text($0)) }
        try addQueries.run(rows) { $1.bind($2 + 1, Int64($0.query)).bind($2 + 2, $0.text) }
    }

    func forget() {
        changes.removeAll(keepingCapacity: true)
        live = LivePairs()
        classes.removeAll(keepingCapacity: true)
        origins.removeAll(keepingCapacity: true)
        queryPairs.removeAll()
    }
}

/// Pairs that fall into the same class of everything that summaries count.
struct PairClass: Hashable {
    private let format: String
    private let language: String
    private let textSource: String
    private let aspect: String
    private let shortSide: Int
    private let words: Int
    /// Found once, for a class is looked up by every commit that counts it.
    private let hash: Int

    init(_ row: PairRow) {
        (format, language, textSource) = (row.format, row.language ?? "", row.textSource)
        aspect = Bucket.aspect(width: row.width, height: row.height)
        shortSide = Bucket.power(min(row.width, row.height))
        words = Bucket.power(Bucket.words(row.text))
        var hasher = Hasher()
        for name in [format, language, textSource, aspect] { hasher.combine(name) }
        hasher.combine(shortSide)
        hasher.combine(words)
        hash = hasher.finalize()
    }

    func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    var buckets: [(kind: String, bucket: String)] {
        [
            ("format", format), ("language", language), ("text_source", textSource), ("aspect", aspect),
            ("short_side", String(shortSide)), ("words", String(words)),
        ]
    }
}

/// Sums by query, with the queries that have one.
private struct QueryChanges {
    private(set) var touched: [QueryID] = []
    private var sums: [Int64] = []
    private var isTouched: [Bool] = []

    mutating func add(_ query: QueryID, _ change: Int64) {
        let query = Int(query)
        if query >= sums.count {
            let more = max(query + 1, 2 * sums.count) - sums.count
            sums += repeatElement(0, count: more)
            isTouched += repeatElement(false, count: more)
        }
        sums[query] += change
        if !isTouched[query] {
            isTouched[query] = true
            touched.append(QueryID(query))
        }
    }

    subscript(query: QueryID) -> Int64 { sums[Int(query)] }

    mutating func removeAll() {
        for query in touched { (sums[Int(query)], isTouched[Int(query)]) = (0, false) }
        touched.removeAll(keepingCapacity: true)
    }
}

/// The classes that summaries count in.
enum Bucket {
    /// The largest power of two not above a number: 256 for 256 to 511.
    static func power(_ value: Int) -> Int {
        value <= 0 ? 0 : 1 << (Int.bitWidth - 1 - value.leadingZeroBitCount)
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
        var (words, isInside) = (0, false)
        for byte in text.utf8 {
            if byte > 0x20, !isInside { words += 1 }
            isInside = byte > 0x20
        }
        return words
    }
}
