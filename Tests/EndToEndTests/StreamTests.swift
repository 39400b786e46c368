import Foundation
import TestSupport
import Testing

/// `wit stream` as people's own training reads it.
@Suite struct StreamTests {
    private func crawled(into folder: TemporaryFolder) async throws -> String {
        let site = try await Site.start()
        let store = folder.file("store")
        let crawl = try await Program.wit([
            "crawl", site.url, "--store", store, "--delay", "0", "--allow-address", "127.0.0.0/8",
            "--max-pages", "40",
        ])
        try #require(crawl.status == 0, "\(crawl.errors)")
        return store
    }

    private func files(_ folder: String) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)))
            })
    }

    @Test func aStreamGoesOnWhereItWas() async throws {
        let folder = try TemporaryFolder("wit-stream")
        let stream = [
            "stream", try await crawled(into: folder), "--batch-size", "16", "--image-size", "32", "--pixels",
            "uint8",
            "--progress", "none",
        ]
        let calm = try await Program.wit(stream + ["--epochs", "4", "--output", folder.file("calm")])
        try #require(calm.status == 0, "\(calm.errors)")
        // Stopped in the middle, and once more, then taken to the end by another number of threads.
        let broken = [
            "--epochs", "4", "--output", folder.file("broken"), "--state", folder.file("place.json"),
        ]
        for _ in 0..<2 {
            try folder.write("in", [])
            let before =
                (try? FileManager.default.contentsOfDirectory(atPath: folder.file("broken")).count) ?? 0
            let process = try Program.spawn(Program.wit, stream + broken, folder)
            for _ in 0..<2000 {
                let now =
                    (try? FileManager.default.contentsOfDirectory(atPath: folder.file("broken")).count) ?? 0
                if now > before + 8 { break }
                try await Task.sleep(for: .milliseconds(2))
            }
            kill(process, SIGKILL)
            _ = Program.wait(for: process)
        }
        let rest = try await Program.wit(stream + broken + ["--threads", "3"])
        try #require(rest.status == 0, "\(rest.errors)")
        #expect(try files(folder.file("broken")) == files(folder.file("calm")))
        // At the end there is nothing left to do; a place in other pairs is refused.
        let again = try await Program.wit(stream + broken + ["--json"])
        #expect(again.status == 0 && again.output.contains("\"samples\":0"), "\(again)")
        let other = try await Program.wit(stream + broken + ["--seed", "7"])
        #expect(other.status == 1 && other.errors.contains("start a new run"), "\(other.errors)")
    }

    @Test(.enabled(if: Program.python != nil, "WIT_TEST_PYTHON names no Python (scripts/test sets it)"))
    func theExampleTrainsFromThePipe() async throws {
        let folder = try TemporaryFolder("wit-pipe")
        let store = try await crawled(into: folder)
        let command = """
            set -o pipefail; '\(Program.wit)' stream '\(store)' --epochs 12 --image-size 64 --pixels uint8 \
            --last-batch drop --progress none --output - \
            | '\(try #require(Program.python))' '\(Program.repository)/examples/train_from_pipe.py'
            """
        let outcome = try await Program.run("/bin/bash", ["-c", command])
        try #require(outcome.status == 0, "\(outcome.errors)")
        let losses = outcome.output.split(separator: "\n").compactMap { line in
            Double(line.split(separator: " ").dropFirst(3).first ?? "")
        }
        let (first, last) = (try #require(losses.first), try #require(losses.last))
        #expect(last < 0.9 * first, "\(losses)")
    }
}
