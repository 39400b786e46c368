internal import Digest
internal import GRDB

/// Compares one shard with the catalogue, byte for byte.
///
/// Every byte of a sample follows from its row: headers and padding from names and sizes, the picture from its
/// SHA-256, text and JSON from the columns. Nothing is parsed, so damage in one sample cannot hide the next.
struct ShardCheck {
    private let paths: StorePaths
    private let catalogue: CatalogueReader
    private let shard: ShardTable.Shard
    private let name: String

    /// Rows that are read at once.
    private static let pageRows = 256

    init(_ paths: StorePaths, _ catalogue: CatalogueReader, _ shard: ShardTable.Shard) {
        (self.paths, self.catalogue, self.shard) = (paths, catalogue, shard)
        name = StorePaths.shardName(shard.number, sealed: true)
    }

    func run(_ progress: (Int64) -> Void) throws -> VerifyReport {
        var report = VerifyReport()
        let file = openFile()
        var end: Int64 = 0
        var after: Int64 = -1
        while case let rows = try page(after), let last = rows.last?.row.place {
            for (row, queries) in rows {
                guard let place = row.place else { continue }
                if place.offset > end { report.shards.append(unclaimed(end, place.offset, file)) }
                report.pairs += 1
                if let reason = check(row, queries, file) {
                    report.damaged.append(
                        .init(key: row.hexKey, reason: reason, shard: name, offset: place.offset))
                }
                let next = place.offset + Int64(row.layout.total)
                report.bytes += next - end
                progress(next - end)
                end = next
            }
            after = last.offset
        }
        if shard.bytes > end { report.shards.append(unclaimed(end, shard.bytes, file)) }
        if let file { try report.shards += endFlaws(file) }
        return report
    }

    /// A shard that cannot be opened damages each of its pairs, which `check` says.
    private func openFile() -> PosixFile? { try? ShardFiles(paths).open(shard.number) }

    private func page(_ after: Int64) throws -> [(row: PairRow, queries: [String])] {
        try catalogue.read { database in
            let statement = try SQLStatement(
                database, PairRow.select + "WHERE p.shard = ? AND p.offset > ? ORDER BY p.offset LIMIT ?")
            let text = try SQLStatement(database, "SELECT text FROM queries WHERE query = ?")
            var rows: [(PairRow, [String])] = []
            try statement.bind(1, shard.number).bind(2, after).bind(3, Int64(Self.pageRows)).forEach {
                let row = try PairRow($0)
                let queries = try row.queries.map { query in
                    try text.bind(1, Int64(query)).first { $0.text(0) } ?? ""
                }
                rows.append((row, queries))
                return true
            }
            return rows
        }
    }

    /// What is wrong with a sample, if anything.
    private func check(_ row: PairRow, _ queries: [String], _ file: PosixFile?) -> String? {
        guard let file else { return "shard_missing" }
        // The bytes of a pair taken out wait for compaction; nothing says any more what they were.
        guard let place = row.place, row.status != .removed else { return nil }
        let layout = row.layout
        let bytes: [UInt8]
        do {
            bytes = try file.bytes(at: place.offset, count: layout.total, name: name)
        } catch let error as StoreError {
            return error.code == .damaged ? "shard_cut" : "unreadable"
        } catch { return "unreadable" }
        let image = bytes[layout.imageOffset..<(layout.imageOffset + layout.image)]
        if image.withUnsafeBytes({ SHA256Digest(of: $0) }).bytes != row.sha256 { return "picture_changed" }
        let json = SampleJSON.encode(row, queries: queries)
        guard json.count == row.jsonBytes else { return "json_changed" }
        var expected = TarWriter()
        Sample.append(row, image: image, json: json, to: &expected)
        return zip(bytes, expected.bytes).enumerated().first { $1.0 != $1.1 }.map {
            reason(at: $0.offset, layout)
        }
    }

    private func reason(at offset: Int, _ layout: SampleLayout) -> String {
        let members = [
            (layout.imageOffset, layout.image, "picture_changed"),
            (layout.textOffset, layout.text, "text_changed"),
            (layout.jsonOffset, layout.json, "json_changed"),
        ]
        for (start, size, reason) in members {
            if offset < start { return "header_changed" }
            if offset < start + size { return reason }
            if offset < start + TarHeader.padded(size) { return "padding_changed" }
        }
        return "padding_changed"
    }

    // MARK: What no pair claims

    private func unclaimed(_ start: Int64, _ end: Int64, _ file: PosixFile?) -> VerifyReport.ShardFlaw {
        .init(shard: name, reason: "unclaimed_bytes", offset: start, members: members(start, end, file))
    }

    /// The members of a stretch as far as it can be read: it is unclaimed anyway, this only helps a person.
    private func members(_ start: Int64, _ end: Int64, _ file: PosixFile?) -> [String] {
        guard let file,
            let bytes = try? file.bytes(at: start, count: Int(min(end - start, 1 << 26)), name: name)
        else { return [] }
        var reader = TarReader(bytes: bytes, name: name)
        var names: [String] = []
        while names.count < 30, let member = try? reader.next() { names.append(member.name) }
        return names
    }

    private func endFlaws(_ file: PosixFile) throws -> [VerifyReport.ShardFlaw] {
        guard shard.state == .sealed else { return [] }
        let flaw = { (reason: String) in
            [VerifyReport.ShardFlaw(shard: name, reason: reason, offset: shard.bytes, members: [])]
        }
        let size = try file.size()
        let expected = TarWriter.endOfArchive
        guard size >= shard.bytes + Int64(expected.count) else {
            return size < shard.bytes ? [] : flaw("end_missing")
        }
        if size > shard.bytes + Int64(expected.count) { return flaw("trailing_bytes") }
        return try file.bytes(at: shard.bytes, count: expected.count, name: name) == expected
            ? [] : flaw("end_changed")
    }
}
