internal import Digest
internal import GRDB

/// Reads stored samples and compares each byte with what its row says it must be.
///
/// Headers and padding follow from names and sizes, the picture from its SHA-256, text and JSON from the columns.
/// Nothing is parsed, so damage in one sample cannot hide the next.
struct SampleReading {
    /// Why a sample is not what was stored; the raw value is a stable name.
    enum Damage: String, Error {
        case headerChanged = "header_changed"
        case pictureChanged = "picture_changed"
        case textChanged = "text_changed"
        case jsonChanged = "json_changed"
        case paddingChanged = "padding_changed"
        case shardCut = "shard_cut"
        case shardMissing = "shard_missing"
        case unreadable
    }

    /// A row and the texts of its queries.
    struct Entry {
        let row: PairRow
        let queries: [String]
    }

    let file: PosixFile
    /// The shard's name, for messages.
    let name: String

    /// The bytes of a whole sample, checked.
    func sample(_ entry: Entry, at offset: Int64) throws(Damage) -> [UInt8] {
        let row = entry.row
        let layout = row.layout
        let bytes = try read(layout.total, at: offset)
        let image = bytes[layout.imageOffset..<(layout.imageOffset + layout.image)]
        if image.withUnsafeBytes({ SHA256Digest(of: $0) }).bytes != row.sha256 { throw .pictureChanged }
        let json = SampleJSON.encode(row, queries: entry.queries)
        guard json.count == row.jsonBytes else { throw .jsonChanged }
        let expected = Sample.bytes(row, image: image, json: json)
        if bytes != expected,
            let change = zip(bytes, expected).enumerated().first(where: { $1.0 != $1.1 })
        {
            throw Self.damage(at: change.offset, layout)
        }
        return bytes
    }

    /// The sample built anew, if its picture at least is whole: text and facts stand in the catalogue.
    func remade(_ entry: Entry, at offset: Int64) -> [UInt8]? {
        let layout = entry.row.layout
        guard
            let image = try? file.bytes(
                at: offset + Int64(layout.imageOffset), count: layout.image, name: name),
            SHA256Digest(of: image).bytes == entry.row.sha256
        else { return nil }
        let json = SampleJSON.encode(entry.row, queries: entry.queries)
        guard json.count == entry.row.jsonBytes else { return nil }
        return Sample.bytes(entry.row, image: image, json: json)
    }

    private func read(_ count: Int, at offset: Int64) throws(Damage) -> [UInt8] {
        do {
            return try file.bytes(at: offset, count: count, name: name)
        } catch let error as StoreError where error.code == .damaged {
            throw .shardCut
        } catch { throw .unreadable }
    }

    private static func damage(at offset: Int, _ layout: SampleLayout) -> Damage {
        let members: [(start: Int, size: Int, damage: Damage)] = [
            (layout.imageOffset, layout.image, .pictureChanged),
            (layout.textOffset, layout.text, .textChanged),
            (layout.jsonOffset, layout.json, .jsonChanged),
        ]
        for member in members {
            if offset < member.start { return .headerChanged }
            if offset < member.start + member.size { return member.damage }
            if offset < member.start + TarHeader.padded(member.size) { return .paddingChanged }
        }
        return .paddingChanged
    }
}

/// The rows of one shard in the order of their samples, some at a time.
struct ShardRows {
    private let shard: Int64
    private static let pageRows = 256

    init(_ shard: Int64) { self.shard = shard }

    /// The next rows after an offset; none at the end.
    func page(after offset: Int64, liveOnly: Bool, _ database: Database) throws -> [SampleReading.Entry] {
        let condition = liveOnly ? "AND p.status = 0" : ""
        let statement = try SQLStatement(
            database,
            PairRow.select + "WHERE p.shard = ? AND p.offset > ? \(condition) ORDER BY p.offset LIMIT ?")
        let text = try SQLStatement(database, "SELECT text FROM queries WHERE query = ?")
        var entries: [SampleReading.Entry] = []
        try statement.bind(1, shard).bind(2, offset).bind(3, Int64(Self.pageRows)).forEach {
            let row = try PairRow($0)
            let queries = try row.queries.map { query in
                try text.bind(1, Int64(query)).first { $0.text(0) } ?? ""
            }
            entries.append(.init(row: row, queries: queries))
            return true
        }
        return entries
    }
}
