import Digest
import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

/// Shards as today's tools read them: every sample, the same bytes, without a warning.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["WIT_TEST_PYTHON"] != nil,
        "WIT_TEST_PYTHON names no Python (scripts/test sets it)"))
struct InterchangeTests {
    private struct Sample: Decodable, Hashable {
        let key: String
        let sha256: String
        let text: String
    }

    private struct Count: Decodable { let pairs: Int }

    /// A store of real pictures, in several shards.
    private func filled(formats: [String] = ["jpg", "png", "webp", "gif"]) throws -> StoreFixture {
        let fixture = try StoreFixture(queries: 40, perQuery: 5, maxShardBytes: 12_000)
        let folder = fixture.folder.file("pictures")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = try run(
            [
                "-c",
                """
                import sys
                from PIL import Image
                for index in range(40):
                    image = Image.new("RGB", (40 + index, 50), (index * 6, 255 - index * 6, 90))
                    kinds = sys.argv[2:]
                    image.save(f"{sys.argv[1]}/{index}.{kinds[index % len(kinds)]}")
                """, folder,
            ] + formats)
        let writer = try fixture.open()
        for index in 0..<40 {
            let format = formats[index % formats.count]
            var pair = StoreFixture.pair(
                url: index, image: index, text: "Füchse \(index) é\u{301} 狐 \"quoted\"",
                queries: [QueryID(index)])
            pair.image = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(index).\(format)")))
            (pair.format, pair.width, pair.height) = (format, 40 + index, 50)
            try writer.append(pair)
            if index % 9 == 0 { try writer.commit() }
        }
        try writer.commit()
        try writer.close()
        return fixture
    }

    private func shards(_ fixture: StoreFixture) throws -> [String] {
        let folder = fixture.path + "/shards"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { folder + "/" + $0 }
    }

    private func run(_ arguments: [String], program: String? = nil) throws -> (output: String, errors: String)
    {
        let process = Process()
        let python = try #require(ProcessInfo.processInfo.environment["WIT_TEST_PYTHON"])
        process.executableURL = URL(fileURLWithPath: program ?? python)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["HF_HUB_OFFLINE": "1"]) { $1 }
        let folder = try TemporaryFolder("wit-interchange")
        let (output, errors) = (folder.file("out"), folder.file("err"))
        for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        process.waitUntilExit()
        let said = try (
            String(contentsOfFile: output, encoding: .utf8), String(contentsOfFile: errors, encoding: .utf8)
        )
        try #require(process.terminationStatus == 0, "\(arguments.first ?? ""): \(said.1)")
        return said
    }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("read_with_tools.py").path

    @Test(arguments: ["webdataset", "datasets", "tarfile"])
    func readsEverySampleWithTheSameBytes(tool: String) throws {
        // HuggingFace's loader wants the same members in every sample: one format, as wit export --format gives.
        let fixture = tool == "datasets" ? try filled(formats: ["jpg"]) : try filled()
        let said = try run([Self.script, tool] + shards(fixture))
        let read = try said.output.split(separator: "\n").map {
            try JSONDecoder().decode(Sample.self, from: Data($0.utf8))
        }
        let pairs = try StoreReader.open(fixture.path).pairs(limit: .max)
        #expect(pairs.count == 40 && read.count == 40)
        #expect(Set(read) == Set(pairs.map { Sample(key: $0.key, sha256: $0.sha256, text: $0.text) }))
    }

    @Test func openCLIPMakesBatches() throws {
        let fixture = try filled()
        let said = try run([Self.script, "open_clip"] + shards(fixture))
        // OpenCLIP reads jpg, png, jpeg and webp members; a GIF has none of these names.
        let readable = try StoreReader.open(fixture.path).pairs(limit: .max).count { $0.format != "gif" }
        let count = try JSONDecoder().decode(
            Count.self, from: Data(said.output.split(separator: "\n").last.map(String.init)?.utf8 ?? "".utf8))
        #expect(count.pairs == readable && readable == 30)
    }

    @Test func gnuTarListsWithoutAWarning() throws {
        let fixture = try filled()
        var names: Set<String> = []
        for shard in try shards(fixture) {
            let said = try run(["--list", "--verbose", "--file", shard], program: "/bin/tar")
            #expect(said.errors.isEmpty)
            for line in said.output.split(separator: "\n") {
                #expect(line.hasPrefix("-rw-r--r-- 0/0"))
                names.insert(line.split(separator: " ").last.map(String.init) ?? "")
            }
        }
        let pairs = try StoreReader.open(fixture.path).pairs(limit: .max)
        #expect(
            names == Set(pairs.flatMap { ["\($0.key).\($0.format)", "\($0.key).txt", "\($0.key).json"] }))
    }
}
