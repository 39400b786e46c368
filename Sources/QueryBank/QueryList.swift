internal import Digest

/// A query's id: the 0-based row of its list.
public typealias QueryID = UInt32

/// A query list, loaded and normalised: what a text may match.
///
/// An id is the 0-based row of the file. Rows that fold together keep their numbers: the first of them holds the
/// text and `id(of:)` gives it; the later ones match nothing and stand in `report`.
public struct QueryList: Sendable {
    /// Rows that cannot match, and why.
    public struct Report: Sendable, Equatable {
        /// A row whose normalised text an earlier row already holds.
        public struct Folded: Sendable, Equatable {
            /// The row that was folded away.
            public let row: QueryID
            /// The earlier row with the same normalised text.
            public let into: QueryID

            /// Names both rows.
            public init(row: QueryID, into: QueryID) {
                self.row = row
                self.into = into
            }
        }

        /// Rows that fold into an earlier one, in row order.
        public internal(set) var folded: [Folded] = []
        /// Rows with nothing left after normalising (blank, or only punctuation), in row order.
        public internal(set) var empty: [QueryID] = []
        /// Rows longer than `QueryList.maxEntryBytes`, in row order.
        public internal(set) var tooLong: [QueryID] = []
    }

    /// The longest entry that is taken, in bytes of UTF-8; a search phrase is far shorter.
    public static let maxEntryBytes = 1024

    /// SHA-256 of the uncompressed file, in hexadecimal; for texts given in memory, of the texts joined by newlines.
    public let sha256: String
    /// Rows that cannot match.
    public let report: Report
    /// Rows a source gave, by the name in the list's second column; empty for lists without one.
    public let sources: [String: Int]

    let pool: TextPool
    private let index: TextIndex
    private let normaliser: TextNormaliser

    /// Takes texts from memory, for tests and small lists.
    public init(texts: [String]) {
        var builder = QueryListBuilder()
        for text in texts { builder.append(Array(text.utf8), source: nil) }
        self.init(builder, sha256: SHA256Digest(ofUTF8: texts.joined(separator: "\n")).hex)
    }

    init(_ builder: consuming QueryListBuilder, sha256: String) {
        self.sha256 = sha256
        pool = builder.pool
        sources = builder.sources
        normaliser = builder.normaliser
        var report = builder.report
        var index = TextIndex(capacity: pool.count)
        for row in 0..<QueryID(pool.count) where !pool.range(Int(row)).isEmpty {
            if let first = index.insert(row, in: pool) { report.folded.append(.init(row: row, into: first)) }
        }
        self.index = index
        self.report = report
    }

    /// Rows, those that cannot match included.
    public var count: Int { pool.count }

    /// The normalised text of a row; `nil` past the end. An empty row gives an empty text.
    public func text(of id: QueryID) -> String? {
        Int(id) < pool.count ? String(decoding: pool[Int(id)], as: UTF8.self) : nil
    }

    /// The id that holds a text, which is normalised first.
    public func id(of text: String) -> QueryID? {
        let normalised = normaliser.normalise(text)
        return normalised.isEmpty ? nil : index.row(of: Array(normalised.utf8), in: pool)
    }
}

/// Gathers rows into a list: normalises each and counts what cannot match.
struct QueryListBuilder {
    let normaliser = TextNormaliser()
    private(set) var pool = TextPool()
    private(set) var report = QueryList.Report()
    private(set) var sources: [String: Int] = [:]

    mutating func append(_ text: some Collection<UInt8>, source: String?) {
        let row = QueryID(pool.count)
        if let source { sources[source, default: 0] += 1 }
        guard text.count <= QueryList.maxEntryBytes else {
            report.tooLong.append(row)
            return pool.append([])
        }
        let normalised = normaliser.normalise(String(decoding: text, as: UTF8.self)).utf8
        if normalised.isEmpty { report.empty.append(row) }
        pool.append(normalised)
    }
}
