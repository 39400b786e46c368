import Digest
import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

/// Exports hold what they are asked for, and go on where they were cut short.
@Suite struct ExportTests {
    private func filled() throws -> StoreFixture {
        var generator = SeededGenerator(seed: 31)
        let fixture = try StoreFixture(queries: 9, perQuery: 80, maxShardBytes: 20_000)
        let writer = try fixture.open()
        for pair in StoreFixture.randomPairs(900, queries: 9, using: &generator) { try writer.append(pair) }
        try writer.commit()
        try writer.close()
        return fixture
    }

    /// All members of the shards in a folder, in order.
    private func members(_ folder: String) throws -> [(name: String, content: [UInt8])] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".tar") }.sorted()
            .flatMap {
                var reader = try TarReader(path: folder + "/" + $0)
                var members: [(name: String, content: [UInt8])] = []
                while let member = try reader.next() {
                    members.append((member.name, try reader.content(of: member)))
                }
                return members
            }
    }

    @Test func anExportHoldsTheView() throws {
        let fixture = try filled()
        let reader = try StoreReader.open(fixture.path)
        var exporter = StoreExporter(reader)
        exporter.filter.query = 3
        exporter.view = StoreView(cap: .claims(perQuery: 60))
        exporter.maxShardBytes = 30_000
        let folder = fixture.folder.file("export")
        let report = try exporter.run(into: folder)
        let viewed = Set(
            try reader.snapshot(view: exporter.view).shards.flatMap(\.samples).map(\.id))
        let all = try reader.pairs(PairFilter(query: 3), limit: .max)
        let expected = all.filter { viewed.contains($0.id) }
        #expect(expected.count < all.count)
        #expect(report.isComplete && report.pairs == expected.count && report.shards > 1)
        let found = try members(folder)
        #expect(
            found.map(\.name)
                == expected.flatMap { ["\($0.key).\($0.format)", "\($0.key).txt", "\($0.key).json"] })
        for (index, pair) in expected.enumerated() {
            #expect(SHA256Digest(of: found[3 * index].content).hex == pair.sha256)
            #expect(found[3 * index + 1].content == Array(pair.text.utf8))
        }
        // As it lies in the store, byte for byte.
        let stored = Dictionary(
            try members(fixture.path + "/shards").map { ($0.name, $0.content) }, uniquingKeysWith: { $1 })
        for member in found { #expect(stored[member.name] == member.content, "\(member.name)") }
    }

    @Test func picturesAreMadeOver() throws {
        let fixture = try filled()
        let reader = try StoreReader.open(fixture.path)
        var exporter = StoreExporter(reader)
        exporter.change = (
            "halved",
            { record, bytes in
                record.format == "gif"
                    ? nil
                    : .init(bytes: Array(bytes.prefix(bytes.count / 2)), format: "webp", width: 7, height: 5)
            }
        )
        let folder = fixture.folder.file("export")
        let report = try exporter.run(into: folder)
        let all = try reader.pairs(limit: .max)
        #expect(report.skipped == all.count { $0.format == "gif" } && report.skipped > 0)
        #expect(report.pairs + report.skipped == all.count)
        struct Facts: Decodable {
            let sha256, stored_sha256, format: String
            let width, image_bytes: Int
        }
        let found = try members(folder)
        for index in stride(from: 0, to: found.count, by: 3) {
            let facts = try JSONDecoder().decode(Facts.self, from: Data(found[index + 2].content))
            #expect(found[index].name.hasSuffix(".webp") && facts.format == "webp" && facts.width == 7)
            #expect(facts.stored_sha256 == SHA256Digest(of: found[index].content).hex)
            #expect(facts.image_bytes == found[index].content.count)
            #expect(all.contains { $0.sha256 == facts.sha256 })
        }
    }

    @Test func anExportCutShortGoesOnAndAnotherIsRefused() throws {
        let fixture = try filled()
        var exporter = StoreExporter(try StoreReader.open(fixture.path))
        exporter.maxShardBytes = 60_000
        let whole = fixture.folder.file("whole")
        _ = try exporter.run(into: whole)
        let folder = fixture.folder.file("pieces")
        var runs = 0
        while runs < 50 {
            runs += 1
            var pages = 0
            let report = try exporter.run(
                into: folder,
                shouldStop: {
                    pages += 1
                    return pages > 2
                })
            if report.isComplete { break }
        }
        #expect(runs > 1)
        #expect(try members(folder).map(\.name) == members(whole).map(\.name))
        #expect(try exporter.run(into: folder).shards > 1)
        exporter.filter.query = 1
        let error = #expect(throws: StoreError.self) { try exporter.run(into: folder) }
        #expect(error?.description.contains("another export") == true)
        let strange = fixture.folder.file("strange")
        try FileManager.default.createDirectory(atPath: strange, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(fileURLWithPath: strange + "/mine"))
        #expect(throws: StoreError.self) { try exporter.run(into: strange) }
    }
}
