import Fetch
import Foundation
import TestSupport
import Testing

@testable import Loader

/// Shards behind URLs: a real nginx, a real S3 service, and a server that breaks off.
@Suite(.serialized)
struct RemoteTests {
    private let shards: Shards
    private let cache: TemporaryFolder

    init() throws {
        shards = try Shards([40, 25, 31])
        cache = try TemporaryFolder("shard-cache")
    }

    @Test("Batches are those of the files, byte for byte; the second time nothing is fetched")
    func nginx() async throws {
        let site = try Self.site(shards)
        let url = site.url("/{000..002}.tar")
        let local = try await batches(try Loader(configuration(shards.pattern), tokenizer: nil))
        let loader = try await Loader.open(configuration(url), tokenizer: nil)
        #expect(loader.snapshot == (try Loader(configuration(shards.pattern), tokenizer: nil)).snapshot)
        #expect(try await batches(loader) == local)
        let requests = try site.requests().count
        #expect(try await batches(Loader.open(configuration(url), tokenizer: nil)) == local)
        // One question for each shard's version.
        #expect(try site.requests().count == requests + 3)
    }

    @Test("A cache without room for all stays within its bounds; the rest is read in ranges")
    func bounded() async throws {
        let site = try Self.site(shards)
        let sizes = try shards.files.map { try Data(contentsOf: URL(fileURLWithPath: $0)).count }
        let room = Int64(sizes[0] + sizes[1] / 2)
        let loader = try await Loader.open(
            configuration(site.url("/{000..002}.tar")) { $0.remote.maxCacheBytes = room }, tokenizer: nil)
        #expect(try kept().reduce(0, +) <= room)
        #expect(try kept().count < 3)
        #expect(try await batches(loader) == batches(Loader(configuration(shards.pattern), tokenizer: nil)))
        #expect(loader.skipped.isEmpty)
    }

    @Test("Connections that break and servers that are busy are asked again, behind what has arrived")
    func broken() async throws {
        let server = try FlakyServer(file: shards.files[0])
        let loader = try await Loader.open(configuration(server.url), tokenizer: nil)
        #expect(try await batches(loader).flatMap(\.keys).count == 40)
        #expect(server.faults >= 3)
        // No piece that had arrived was asked for again.
        #expect(server.bytesServedWhole == loader.configuration.remote.pieceBytes * server.pieces)
    }

    @Test("A fetch that was cut short goes on where it was")
    func resumed() async throws {
        let failing = try FlakyServer(file: shards.files[0], breaksForEverAfter: 7)
        await #expect(throws: LoaderError.self) {
            try await Loader.open(configuration(failing.url), tokenizer: nil)
        }
        let part = try #require(
            try FileManager.default.contentsOfDirectory(atPath: cache.path)
                .first { $0.hasSuffix(".part") })
        let size = try Data(contentsOf: URL(fileURLWithPath: cache.file(part))).count
        #expect(size > 0)
        failing.heal()
        let before = failing.firstBytes.count
        let loader = try await Loader.open(configuration(failing.url), tokenizer: nil)
        #expect(failing.firstBytes[before...].min() == size)
        #expect(try await batches(loader).flatMap(\.keys).count == 40)
    }

    @Test("A shard that changes under the run is an error or skipped samples, never another shard's bytes")
    func changed() async throws {
        let site = try Self.site(shards)
        let loader = try await Loader.open(
            configuration(site.url("/000.tar")) { $0.maxSkippedShare = 1 }, tokenizer: nil)
        for name in try FileManager.default.contentsOfDirectory(atPath: cache.path)
        where name.hasSuffix(".tar") {
            try FileManager.default.removeItem(atPath: cache.file(name))
        }
        try Data(repeating: 7, count: 90_000).write(to: URL(fileURLWithPath: site.root + "/000.tar"))
        #expect(try await batches(loader).flatMap(\.keys).isEmpty)
        #expect(loader.skipped == ["unreadable_shard": 40])
    }

    @Test("Refusals: missing files, private addresses, no Loader.open")
    func refusals() async throws {
        let site = try Self.site(shards)
        await #expect {
            try await Loader.open(configuration(site.url("/none.tar")), tokenizer: nil)
        } throws: {
            ($0 as? LoaderError)?.code == .noSuchFile
        }
        await #expect {
            try await Loader.open(
                configuration(site.url("/000.tar")) { $0.remote.allowedNetworks = [] }, tokenizer: nil)
        } throws: { "\($0)".contains("--allow-address") }
        #expect { try Loader(configuration(site.url("/000.tar")), tokenizer: nil) } throws: {
            ($0 as? LoaderError)?.code == .badConfiguration
        }
    }

    @Test(
        "S3, every request signed and checked; a wrong key gets nothing", .enabled(if: S3Server.python != nil)
    )
    func s3() async throws {
        let server = try S3Server(shards.folder.path)
        func configuration(_ secret: String) -> LoaderConfiguration {
            self.configuration("s3://shards/{000..002}.tar") {
                $0.remote.s3 = S3Access(environment: [
                    "AWS_ACCESS_KEY_ID": server.facts.key, "AWS_SECRET_ACCESS_KEY": secret,
                    "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": server.facts.endpoint,
                ])
                // One shard fits: the others are read in ranges.
                $0.remote.maxCacheBytes = 150_000
                $0.remote.retry.maxAttempts = 1
            }
        }
        let loader = try await Loader.open(configuration(server.facts.secret), tokenizer: nil)
        let local = try Loader(self.configuration(shards.pattern), tokenizer: nil)
        #expect(try await batches(loader) == batches(local))
        await #expect { try await Loader.open(configuration("wrong"), tokenizer: nil) } throws: {
            ($0 as? LoaderError)?.code == .noSuchFile
        }
    }

    @Test("Where an s3 URL leads")
    func urls() {
        var access = S3Access()
        access.region = "eu-west-1"
        #expect(access.url(of: "s3://b/k/a b.tar") == "https://b.s3.eu-west-1.amazonaws.com/k/a%20b.tar")
        #expect(access.url(of: "s3://b.c/k") == "https://s3.eu-west-1.amazonaws.com/b.c/k")
        access.endpoint = "http://localhost:9000"
        #expect(access.url(of: "s3://b/k+é") == "http://localhost:9000/b/k%2B%C3%A9")
        #expect(access.url(of: "s3://b") == nil)
    }

    /// The shards behind a real nginx.
    private static func site(_ shards: Shards) throws -> Nginx {
        try Nginx { root in
            for file in shards.files {
                try FileManager.default.copyItem(
                    atPath: file, toPath: root + "/" + (file as NSString).lastPathComponent)
            }
        }
    }

    /// What must be equal: keys and bytes.
    private struct Content: Equatable {
        var keys: [String]
        var pairs: [EncodedPair]
    }

    private func batches(_ loader: Loader) async throws -> [Content] {
        try await loader.epoch(0).reduce(into: []) { $0.append(Content(keys: $1.keys, pairs: $1.encoded)) }
    }

    /// Sizes of the archives in the cache.
    private func kept() throws -> [Int64] {
        try FileManager.default.contentsOfDirectory(atPath: cache.path).filter { $0.hasSuffix(".tar") }
            .map { Int64(try Data(contentsOf: URL(fileURLWithPath: cache.file($0))).count) }
    }

    private func configuration(
        _ pattern: String, _ change: (inout LoaderConfiguration) -> Void = { _ in }
    ) -> LoaderConfiguration {
        var configuration = LoaderConfiguration(sources: [.tars(pattern)], batchSize: 8)
        configuration.content = .bytes
        configuration.lastBatch = .keep
        configuration.remote.cacheFolder = cache.path
        configuration.remote.allowedNetworks = ["127.0.0.0/8"].compactMap { CIDR($0) }
        configuration.remote.pieceBytes = 16_384
        configuration.remote.retry = RetryPolicy(maxAttempts: 6, firstDelay: .milliseconds(1))
        change(&configuration)
        return configuration
    }
}
