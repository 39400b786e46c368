internal import Digest
internal import Foundation
internal import QueryBank

/// Reads a shard with no catalogue to say what lies where: every sample that is whole, and what is not.
///
/// After damage it goes on at the next block that is the header of a picture.
struct ShardScan {
    enum Item {
        /// A sample whose bytes are all as they were written.
        case whole(PairRow)
        /// A stretch that is no sample; the key is known where one of its headers is whole.
        case damaged(key: String?, offset: Int64)
    }

    private let file: PosixFile
    private let name: String
    private let number: Int64
    private let size: Int64
    /// The id of a query's text.
    private let query: (String) -> QueryID?
    private let seed: UInt64

    init(_ path: String, number: Int64, seed: UInt64, query: @escaping (String) -> QueryID?) throws {
        file = try PosixFile.reading(path)
        name = StorePaths.shardName(number, sealed: true)
        size = try file.size()
        (self.number, self.seed, self.query) = (number, seed, query)
    }

    /// Gives every item in order; the result is where the last whole sample ends.
    func forEach(_ body: (Item) throws -> Void) throws -> Int64 {
        var (position, end): (Int64, Int64) = (0, 0)
        var stretch: (key: String?, offset: Int64)?
        let block = Int64(TarHeader.blockSize)
        while position + block <= size {
            if let row = try sample(at: position) {
                if let broken = stretch { try body(.damaged(key: broken.key, offset: broken.offset)) }
                stretch = nil
                try body(.whole(row))
                position += Int64(row.layout.total)
                end = position
                continue
            }
            if let key = try key(at: position) {
                // Another sample's header: what came before is a stretch of its own.
                if let broken = stretch, let old = broken.key, old != key {
                    try body(.damaged(key: old, offset: broken.offset))
                    stretch = (key, position)
                } else {
                    stretch = (key, stretch?.offset ?? position)
                }
            } else if stretch == nil, try !isZero(at: position) {
                stretch = (nil, position)
            }
            position += block
        }
        if let broken = stretch { try body(.damaged(key: broken.key, offset: broken.offset)) }
        return end
    }

    // MARK: Blocks

    private func header(at offset: Int64) throws -> TarHeader? {
        guard offset + Int64(TarHeader.blockSize) <= size else { return nil }
        return try file.bytes(at: offset, count: TarHeader.blockSize, name: name).withUnsafeBytes {
            TarHeader($0)
        }
    }

    private func isZero(at offset: Int64) throws -> Bool {
        try file.bytes(at: offset, count: TarHeader.blockSize, name: name).allSatisfy { $0 == 0 }
    }

    /// The key in a header of ours, if the block is one.
    private func key(at offset: Int64) throws -> String? {
        guard let header = try header(at: offset) else { return nil }
        let (key, _) = ShardInspector.split(header.name)
        return CandidateKey(hex: key) == nil ? nil : key
    }

    // MARK: Samples

    private func sample(at offset: Int64) throws -> PairRow? {
        guard let image = try header(at: offset) else { return nil }
        let (key, format) = ShardInspector.split(image.name)
        guard ["jpg", "png", "webp", "gif"].contains(format), CandidateKey(hex: key) != nil,
            Int64(image.size) < size
        else { return nil }
        let textStart = offset + Int64(TarHeader.blockSize + TarHeader.padded(image.size))
        guard let text = try header(at: textStart), text.name == key + ".txt", Int64(text.size) < size else {
            return nil
        }
        let jsonStart = textStart + Int64(TarHeader.blockSize + TarHeader.padded(text.size))
        guard let json = try header(at: jsonStart), json.name == key + ".json" else { return nil }
        let layout = SampleLayout(image: image.size, text: text.size, json: json.size)
        guard offset + Int64(layout.total) <= size else { return nil }
        let bytes = try file.bytes(at: offset, count: layout.total, name: name)
        guard var row = row(bytes, layout), row.hexKey == key, row.format == format else { return nil }
        row.place = PairRow.Place(shard: number, offset: offset)
        return row
    }

    /// What the sample's JSON says, if it and everything else are as they were written.
    private func row(_ bytes: [UInt8], _ layout: SampleLayout) -> PairRow? {
        let stored = bytes[layout.jsonOffset..<(layout.jsonOffset + layout.json)]
        guard let facts = try? JSONDecoder().decode(SampleJSON.Facts.self, from: Data(stored)),
            let row = PairRow(facts, jsonBytes: layout.json, seed: seed, query: query)
        else { return nil }
        let image = bytes[layout.imageOffset..<(layout.imageOffset + layout.image)]
        guard image.withUnsafeBytes({ SHA256Digest(of: $0) }).bytes == row.sha256 else { return nil }
        let json = SampleJSON.encode(row, queries: facts.queries)
        return Sample.bytes(row, image: image, json: json) == bytes ? row : nil
    }
}

extension PairRow {
    /// The row of a sample, as far as its JSON tells; `nil` for what no wit wrote, or for another list's queries.
    init?(_ facts: SampleJSON.Facts, jsonBytes: Int, seed: UInt64, query: (String) -> QueryID?) {
        guard let sha256 = SHA256Digest(hex: facts.sha256), let phash = facts.phash.map(Hex.word(of:)) ?? 0,
            let fetchedAt = Timestamp.milliseconds(facts.fetchedAt)
        else { return nil }
        let queries = facts.queries.compactMap(query)
        guard queries.count == facts.queries.count else { return nil }
        let pair = NewPair(
            imageURL: facts.url, text: facts.text, textSource: facts.textSource, pageURL: facts.pageURL,
            image: [], format: facts.format, width: facts.width, height: facts.height, phash: phash,
            phashAlgorithm: facts.phashAlgorithm ?? "", fetchedAt: Date(timeIntervalSince1970: 0),
            queries: queries,
            licence: facts.licence, language: facts.language, extra: facts.extra)
        let u = Priority(imageURL: facts.url, text: facts.text, seed: seed).u
        self.init(pair, key: pair.key, sha256: sha256, u: u)
        (imageBytes, self.jsonBytes, self.fetchedAt) = (facts.imageBytes, jsonBytes, fetchedAt)
    }
}
