import Foundation
import Testing

@testable import QueryBank

/// The list in the repository is what its manifest says.
@Suite struct ShippedListTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../../../queries").standardizedFileURL.path

    @Test func theListIsWhatItsManifestSays() throws {
        let manifest = try QueryListManifest(contentsOf: Self.folder + "/manifest.json")
        let list = try QueryList(contentsOf: Self.folder + "/" + manifest.file)
        #expect(list.count == 500_000)
        #expect(list.sha256 == manifest.sha256)
        // Distinct, and in the normaliser's own form.
        #expect(list.report == QueryList.Report())
        #expect(manifest.entries == list.count)
        let counts = manifest.sources.map { ($0.source.rawValue, $0.entries) }
        #expect(Dictionary(uniqueKeysWithValues: counts) == list.sources)
        for source in manifest.sources {
            #expect(
                !source.packages.isEmpty
                    && source.packages.allSatisfy { !$0.licence.isEmpty && !$0.attribution.isEmpty })
            #expect(source.offered == source.entries + source.dropped.values.reduce(0, +), "\(source.source)")
        }
        for text in ["cat", "red fox", "eiffel tower", "blue tit", "zurich", "new york city"] {
            #expect(list.id(of: text) != nil, "\(text)")
        }
        for text in ["click here", "image of", "jpg", "https", "porn", "a"] {
            #expect(list.id(of: text) == nil, "\(text)")
        }
        #expect(
            manifest.normaliserVersion == TextNormaliser.version
                && manifest.rulesVersion == EntryRules.version)
    }

    @Test func everyRowIsInOrderAndWhole() throws {
        let sources = Set(QuerySource.allCases.map { Array($0.rawValue.utf8) })
        var previous: [UInt8] = []
        var rows = 0
        try ByteStream(path: Self.folder + "/wit-500k.tsv.gz").forEachLine { line in
            let fields = line.fields(separatedBy: UInt8(ascii: "\t"))
            let isWhole = fields.count == 3 && sources.contains(Array(fields[1])) && !fields[2].isEmpty
            if !isWhole || !Self.precedes(previous, fields[0]) { Issue.record("row \(rows): \(line.text)") }
            previous = Array(fields[0])
            rows += 1
        }
        #expect(rows == 500_000)
    }

    /// The order of bytes, by the C library: half a million comparisons in a debug build.
    private static func precedes(_ a: [UInt8], _ b: UnsafeRawBufferPointer) -> Bool {
        guard let base = b.baseAddress else { return false }
        let order = a.withUnsafeBytes { a in
            a.baseAddress.map { memcmp($0, base, min(a.count, b.count)) } ?? 0
        }
        return order != 0 ? order < 0 : a.count < b.count
    }
}
