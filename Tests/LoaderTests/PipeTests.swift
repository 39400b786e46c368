import Foundation
import TestSupport
import Testing

@testable import Loader

/// Archives that come through pipes.
struct PipeTests {
    private let shards: Shards
    private let cache: TemporaryFolder

    init() throws {
        shards = try Shards([30, 12])
        cache = try TemporaryFolder("spool")
    }

    @Test("What commands write is streamed as files are, and leaves nothing behind")
    func commands() async throws {
        let command = "pipe:cat \(shards.folder.path)/{000..001}.tar"
        let piped = try await keys(command)
        #expect(piped.sorted() == shards.keys)
        #expect(try await keys(command) == piped)
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache.path).isEmpty)
    }

    @Test("A named pipe is read once")
    func fifo() async throws {
        let path = shards.folder.file("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        let source = shards.files[0]
        Thread.detachNewThread {
            FileManager.default.contents(atPath: source).map {
                try? FileHandle(forWritingAtPath: path)?.write(contentsOf: $0)
            }
        }
        #expect(try await keys(path).sorted() == Array(shards.keys.prefix(30)))
    }

    @Test(
        "A command that fails, gives too much, or no archive at all, is an error",
        arguments: ["pipe:exit 3", "pipe:yes", "pipe:echo no tar", "pipe:/no/such/program"])
    func refusals(command: String) throws {
        #expect(throws: LoaderError.self) { try Loader(configuration(command), tokenizer: nil) }
    }

    private func keys(_ pattern: String) async throws -> [String] {
        try await Loader(configuration(pattern), tokenizer: nil).epoch(0).reduce(into: []) { $0 += $1.keys }
    }

    private func configuration(_ pattern: String) -> LoaderConfiguration {
        var configuration = LoaderConfiguration(sources: [.tars(pattern)], batchSize: 4)
        configuration.content = .bytes
        configuration.lastBatch = .keep
        configuration.remote.cacheFolder = cache.path
        configuration.remote.maxCacheBytes = 1 << 20
        return configuration
    }
}
