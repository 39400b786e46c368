internal import GRDB

/// Compares one shard with the catalogue, byte for byte.
struct ShardCheck {
    private let paths: StorePaths
    private let catalogue: CatalogueReader
    private let shard: ShardTable.Shard
    private let name: String

    init(_ paths: StorePaths, _ catalogue: CatalogueReader, _ shard: ShardTable.Shard) {
        (self.paths, self.catalogue, self.shard) = (paths, catalogue, shard)
        name = StorePaths.shardName(shard.number, sealed: true)
    }

    func run(_ progress: (Int64) -> Void) throws -> VerifyReport {
        var report = VerifyReport()
        let file = openFile()
        let rows = ShardRows(shard.number)
        var end: Int64 = 0
        var after: Int64 = -1
        // Nothing says any more how long the sample of a removed pair is; it reaches to the next.
        var endIsKnown = true
        while case let page = try catalogue.read({ try rows.page(after: after, liveOnly: false, $0) }),
            let last = page.last?.row.place
        {
            for entry in page {
                guard let place = entry.row.place else { continue }
                if endIsKnown && place.offset > end {
                    report.shards.append(unclaimed(end, place.offset, file))
                }
                report.pairs += 1
                if let damage = damage(entry, file) {
                    report.damaged.append(
                        .init(
                            key: entry.row.hexKey, reason: damage.rawValue, shard: name, offset: place.offset)
                    )
                }
                endIsKnown = entry.row.status != .removed
                let next = endIsKnown ? place.offset + Int64(entry.row.layout.total) : place.offset
                progress(next - end)
                end = next
            }
            after = last.offset
        }
        if endIsKnown && shard.bytes > end { report.shards.append(unclaimed(end, shard.bytes, file)) }
        progress(max(0, shard.bytes - end))
        report.bytes = shard.bytes
        if let file { try report.shards += endFlaws(file) }
        return report
    }

    /// A shard that cannot be opened damages each of its pairs, which `damage` says.
    private func openFile() -> PosixFile? { try? ShardFiles(paths).open(shard.number) }

    private func damage(_ entry: SampleReading.Entry, _ file: PosixFile?) -> SampleReading.Damage? {
        guard let place = entry.row.place, entry.row.status != .removed else { return nil }
        guard let file else { return .shardMissing }
        do {
            _ = try SampleReading(file: file, name: name).sample(entry, at: place.offset)
            return nil
        } catch { return error }
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
