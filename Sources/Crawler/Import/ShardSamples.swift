internal import Foundation
internal import PairStore

/// A sample of a WebDataset shard: members that follow each other and share the name up to its first dot.
struct ShardSample {
    let key: String
    /// Where its first header begins.
    let start: Int64
    var members: [String: TarMember]

    func member(_ extensions: Set<String>) -> TarMember? {
        extensions.sorted().lazy.compactMap { members[$0] }.first
    }
}

/// The samples of one shard, in its order.
struct ShardSamples {
    private var reader: TarReader
    private var ahead: TarMember?

    /// Longer texts and facts are not read.
    private static let maxTextBytes = 256 << 10

    /// Opens a shard at a sample's beginning, which an earlier `position` named.
    init(_ path: String, from position: Int64) throws {
        reader = try TarReader(path: path)
        repeat { ahead = try reader.next() } while ahead.map { $0.start < position } ?? false
    }

    /// Where the next sample begins.
    var position: Int64 { ahead?.start ?? reader.position }

    mutating func next() throws -> ShardSample? {
        guard let first = ahead else { return nil }
        let (key, ending) = ShardInspector.split(first.name)
        var sample = ShardSample(key: key, start: first.start, members: [ending: first])
        while true {
            ahead = nil
            guard let member = try reader.next() else { return sample }
            let (next, ending) = ShardInspector.split(member.name)
            if next != key || sample.members[ending] != nil {
                ahead = member
                return sample
            }
            sample.members[ending] = member
        }
    }

    func bytes(of member: TarMember) throws -> [UInt8] { try reader.content(of: member) }

    /// What a sample says of its picture: texts and facts, as a row of a list would. Without an address of its own.
    func row(of sample: ShardSample, keeping kept: [String]) throws -> ListRow {
        var row = ListRow(url: "", texts: [])
        if let text = sample.member(ShardInspector.textExtensions), text.size <= Self.maxTextBytes {
            row.texts.append(String(decoding: try bytes(of: text), as: UTF8.self))
        }
        guard let json = sample.members["json"], json.size <= Self.maxTextBytes,
            let facts = try? JSONSerialization.jsonObject(with: Data(bytes(of: json))) as? [String: Any]
        else { return row }
        let names = facts.keys.sorted()
        let value = { (place: Int?) in place.flatMap { JSONRecords.text(facts[names[$0]]) } }
        var columns = ListColumns(found: names)
        columns.keep(kept, of: names)
        row.url = value(columns.url) ?? ""
        row.texts += columns.texts.compactMap(value)
        (row.page, row.licence, row.language) = (
            value(columns.page), value(columns.licence), value(columns.language)
        )
        row.source = value(columns.source).flatMap(TextSource.init(rawValue:))
        for column in columns.kept { row.extra[names[column]] = value(column) }
        return row
    }
}
