import Foundation

/// The remote archives of a run. All are listed; as many as there is room for are kept.
struct RemoteShards: Sendable {
    private var shards: [String: RemoteShard] = [:]

    /// None.
    init() {}

    /// Asks for every URL among the sources, and fetches what the cache does not know.
    init(_ configuration: LoaderConfiguration) async throws {
        let locations = try configuration.sources.flatMap { source -> [ShardLocation] in
            guard case .tars(let pattern) = source, ShardLocation.isRemote(pattern) else { return [] }
            return try ShardLocation.expand(pattern)
        }
        let urls = locations.map(\.description)
        guard !urls.isEmpty else { return }
        let client = RemoteClient(configuration.remote)
        let versions = try await Self.versions(of: urls, client)
        let cache = try await ShardCache(configuration.remote, client)
        for url in urls where shards[url] == nil {
            guard let version = versions[url] else { continue }
            let listing = try await cache.listing(of: url, version)
            shards[url] = RemoteShard(
                path: cache.path(url, version), url: url, version: version, listing: listing, client: client)
        }
    }

    /// The archive at a URL; `Loader.init` has none.
    func shard(_ url: String) throws -> RemoteShard {
        guard let shard = shards[url] else {
            throw LoaderError(.badConfiguration, "\(url) is remote: open the loader with Loader.open")
        }
        return shard
    }

    private static func versions(
        of urls: [String], _ client: RemoteClient
    ) async throws -> [String: RemoteClient.Version] {
        try await withThrowingTaskGroup(of: (String, RemoteClient.Version).self) { group in
            var waiting = urls[...]
            var versions: [String: RemoteClient.Version] = [:]
            // As many questions at once as one host is asked in a row elsewhere.
            for _ in 0..<8 {
                guard let url = waiting.popFirst() else { break }
                group.addTask { (url, try await client.version(of: url)) }
            }
            while let (url, version) = try await group.next() {
                versions[url] = version
                guard let url = waiting.popFirst() else { continue }
                group.addTask { (url, try await client.version(of: url)) }
            }
            return versions
        }
    }
}

/// One remote archive: read from the cache by whoever finds it there, else by range requests.
final class RemoteShard: Sendable {
    /// Where the cache keeps it, if it does.
    let path: String
    let listing: ArchiveListing
    private let url: String
    private let version: RemoteClient.Version
    private let client: RemoteClient

    init(
        path: String, url: String, version: RemoteClient.Version, listing: ArchiveListing,
        client: RemoteClient
    ) {
        (self.path, self.url, self.version) = (path, url, version)
        (self.listing, self.client) = (listing, client)
    }

    /// The bytes of a stretch, or `nil` if they cannot be had. The calling thread waits.
    func read(at offset: Int64, count: Int) -> [UInt8]? {
        client.waitForBytes(url, offset..<offset + Int64(count), of: version)
    }
}
