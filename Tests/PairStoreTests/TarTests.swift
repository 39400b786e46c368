import Foundation
import PairStore
import TestSupport
import Testing

@Suite struct TarTests {
    @Test func membersComeBack() throws {
        var generator = SeededGenerator(seed: 1)
        var writer = TarWriter()
        var expected: [(name: String, content: [UInt8])] = []
        for index in 0..<50 {
            let size = [0, 1, 511, 512, 513, 5000][Int.random(in: 0..<6, using: &generator)]
            let content = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            expected.append(("folder/\(index).bin", content))
            writer.add("folder/\(index).bin", content)
        }
        writer.end()
        #expect(writer.bytes.count % 512 == 0)
        var reader = TarReader(bytes: writer.bytes, name: "test")
        for (name, content) in expected {
            let member = try #require(try reader.next())
            #expect(member.name == name && member.size == content.count)
            #expect(try reader.content(of: member) == content)
        }
        #expect(try reader.next() == nil)
    }

    /// Python's own archives: pax with a long and a Unicode name, GNU with a long name, plain ustar with a prefix.
    @Test(arguments: ["PAX", "GNU", "USTAR"]) func foreignFormats(format: String) throws {
        let folder = try TemporaryFolder("tar")
        let long = String(repeating: "long/", count: 30) + "name.txt"
        let names = format == "USTAR" ? [long, "a.txt"] : [long, "a.txt", "é漢.jpg"]
        let path = folder.file("foreign.tar")
        try Python.run(
            """
            import io, sys, tarfile
            with tarfile.open(sys.argv[1], 'w', format=tarfile.\(format)_FORMAT) as tar:
                folder = tarfile.TarInfo('long'); folder.type = tarfile.DIRTYPE; tar.addfile(folder)
                link = tarfile.TarInfo('link'); link.type = tarfile.SYMTYPE; link.linkname = 'a.txt'; tar.addfile(link)
                for number, name in enumerate(sys.argv[2:]):
                    info = tarfile.TarInfo(name); info.size = 600 + number
                    tar.addfile(info, io.BytesIO(bytes([number]) * info.size))
            """, [path] + names)
        var reader = try TarReader(path: path)
        for (number, name) in names.enumerated() {
            let member = try #require(try reader.next())
            #expect(member.name == name)
            #expect(try reader.content(of: member) == [UInt8](repeating: UInt8(number), count: 600 + number))
        }
        #expect(try reader.next() == nil)
    }

    /// Python's tarfile reads our shards, names, sizes and bytes, and finds nothing after the end.
    @Test func pythonReadsOurs() throws {
        let fixture = try StoreFixture()
        let pairs = (0..<20).map {
            StoreFixture.pair(url: $0, image: $0, text: "t\($0)", queries: [QueryQuota.id($0)])
        }
        let writer = try fixture.open()
        for pair in pairs { try writer.append(pair) }
        let report = try writer.commit()
        try writer.close()
        let lines = try Python.run(
            """
            import sys, tarfile, hashlib, json
            with tarfile.open(sys.argv[1], 'r:') as tar:
                for member in tar:
                    assert member.isreg() and member.mtime == 0 and member.uid == 0 and member.mode == 0o644
                    body = tar.extractfile(member).read()
                    if member.name.endswith('.json'):
                        facts = json.loads(body)
                        print(facts['key'], facts['sha256'], facts['text'], facts['queries'][0], facts['priority'])
            """, [fixture.path + "/shards/000000.tar"]
        ).split(separator: "\n")
        #expect(lines.count == report.kept && report.kept > 8)
        let reader = try StoreReader.open(fixture.path)
        let records = try reader.pairs()
        for record in records {
            let query = try #require(try reader.queryText(record.queries[0]))
            let line = "\(record.key) \(record.sha256) \(record.text) \(query) \(record.priority)"
            #expect(lines.contains { $0 == line })
        }
    }

    @Test(arguments: 0..<40) func brokenArchivesThrowAndNeverTrap(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var writer = TarWriter()
        for index in 0..<4 { writer.add("\(index).txt", [UInt8](repeating: 7, count: 300)) }
        writer.end()
        var bytes = writer.bytes
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                in: 0...255, using: &generator)
        }
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
        var reader = TarReader(bytes: bytes, name: "broken")
        do {
            while let member = try reader.next() { _ = try reader.content(of: member) }
        } catch let error as StoreError {
            #expect(error.code == .badArchive)
        }
    }

    @Test func theInspectorNamesMissingHalves() throws {
        let folder = try TemporaryFolder("tar")
        var writer = TarWriter()
        for name in ["a.jpg", "a.txt", "a.json", "b.txt", "x/c.png", "x/d.0.JPG", "x/d.txt"] {
            writer.add(name, "content of \(name)".utf8)
        }
        let path = try folder.write("odd.tar", writer.bytes + [1, 2, 3])
        let report = try ShardInspector(captions: 2).inspect(path)
        #expect(report.samples == 4 && report.pairs == 1)
        #expect(report.missingPictures == ["b", "x/d"] && report.missingTexts == ["x/c"])
        #expect(report.captions.map(\.text) == ["content of a.txt", "content of b.txt"])
        #expect(report.members == ["jpg": 1, "txt": 3, "json": 1, "png": 1, "0.jpg": 1])
        #expect(report.damage != nil)
    }
}

/// Queries that keep a fixture's cap from refusing pairs.
enum QueryQuota {
    static func id(_ index: Int) -> UInt32 { UInt32(index % 8) }
}

/// The system's Python, as an independent reader.
enum Python {
    @discardableResult
    static func run(_ script: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }
}
