import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

/// A store where nobody may write is read all the same; whoever would write is told why not.
@Suite struct ReadOnlyTests {
    private static func setWritable(_ isWritable: Bool, _ root: String) throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: root)
        for path in [root] + names.map({ root + "/" + $0 }) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            let mode = isFolder.boolValue ? (isWritable ? 0o755 : 0o555) : (isWritable ? 0o644 : 0o444)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
    }

    /// In a process of its own, for root has to become somebody whom permissions bind.
    @Test func aReadOnlyFolderIsReadAndNotWritten() async throws {
        var generator = SeededGenerator(seed: 51)
        let fixture = try StoreFixture(queries: 9, perQuery: 90)
        let writer = try fixture.open()
        for pair in StoreFixture.randomPairs(60, queries: 9, using: &generator) { try writer.append(pair) }
        try writer.commit()
        try writer.close()
        try Self.setWritable(false, fixture.path)
        chmod((fixture.path as NSString).deletingLastPathComponent, 0o755)
        await #expect(processExitsWith: .success) { [path = fixture.path as String] in
            if geteuid() == 0, setgid(65_534) != 0 || setuid(65_534) != 0 { exit(9) }
            try ReadOnlyTests.look(path)
        }
        try Self.setWritable(true, fixture.path)
        try fixture.open().close()
    }

    static func look(_ path: String) throws {
        let reader = try StoreReader.open(path)
        let pairs = try reader.pairs(limit: .max)
        try #require(pairs.count == Int(reader.info().pairs) && !pairs.isEmpty)
        _ = try reader.imageBytes(of: pairs[0])
        // No index can be made here: the texts are scanned.
        let found = try reader.pairs(PairFilter(search: "text quoted"), limit: .max)
        try #require(found.count == pairs.count)
        try #require(try StoreVerifier.verify(path).isClean)
        for work in [
            { _ = try StoreMaintenance.compact(path) },
            { _ = try StoreMaintenance.remove(path, [Removal(.host, "host1.example")]) },
            { _ = try StoreMerger.merge([path], into: path + "/inside") },
        ] as [() throws -> Void] {
            let error = #expect(throws: StoreError.self) { try work() }
            try #require(error?.description.contains("ermission") == true, "\(error?.description ?? "")")
        }
        try #require(try reader.pairs(limit: .max) == pairs)
    }
}
