internal import GRDB

/// A store at a glance; the JSON names are the ones that scripts rely on.
public struct StoreInfo: Sendable, Codable, Equatable {
    /// A host and the live pairs whose picture it served.
    public struct Host: Sendable, Codable, Equatable {
        /// The host's name.
        public var host: String
        /// Its live pairs.
        public var pairs: Int64
    }

    /// The store's unique name.
    public var uuid: String
    /// The number of the last commit.
    public var commit: Int64
    /// What the store is bound to.
    public var configuration: StoreConfiguration
    /// Live pairs.
    public var pairs: Int64
    /// Pairs that lost their last claim.
    public var evicted: Int64
    /// Pairs for which a smaller member of their group stands.
    public var superseded: Int64
    /// Pairs taken out on request.
    public var removed: Int64
    /// Pairs whose bytes damage took; they come back when their picture is offered again.
    public var lost: Int64
    /// Different pictures among the live pairs.
    public var images: Int64
    /// Bytes of the live pairs' pictures.
    public var bytes: Int64
    /// Shard files, the open one included.
    public var shards: Int64
    /// Bytes of all shards, evicted pairs included.
    public var shardBytes: Int64
    /// Bytes of the catalogue.
    public var catalogueBytes: Int64
    /// Queries that any live pair matches.
    public var queriesMatched: Int64
    /// Queries that hold as many claims as they may.
    public var queriesAtCap: Int64
    /// What the sources counted, summed over them: reason to count.
    public var drops: [String: Int64]
    /// What each source counted.
    public var counters: [String: [String: Int64]]
    /// Live pairs by class: `format`, `short_side`, `aspect`, `words`, `language`, `text_source`. Number classes are
    /// named by their lower bound and go up by powers of two.
    public var histograms: [String: [String: Int64]]
    /// The hosts with most live pairs, at most twenty.
    public var hosts: [Host]

    enum CodingKeys: String, CodingKey {
        case uuid, commit, configuration, pairs, evicted, superseded, removed, lost, images, bytes, shards,
            drops,
            counters
        case histograms, hosts
        case shardBytes = "shard_bytes"
        case catalogueBytes = "catalogue_bytes"
        case queriesMatched = "queries_matched"
        case queriesAtCap = "queries_at_cap"
    }

    /// Counter names with this prefix are drops, the rest being the reason.
    public static let dropPrefix = "drop."

    init(_ manifest: StoreManifest, _ database: Database) throws {
        uuid = manifest.uuid
        configuration = manifest.configuration
        commit = try Meta(database).commitNumber()
        var totals: [String: [String: Int64]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT kind, bucket, value FROM totals") where row[2] != 0
        {
            totals[row[0], default: [:]][row[1]] = row[2]
        }
        let pair = { (status: CatalogueSchema.Status) in totals["pairs"]?[status.name] ?? 0 }
        (pairs, evicted) = (pair(.live), pair(.evicted))
        (superseded, removed, lost) = (pair(.superseded), pair(.removed), pair(.lost))
        images = totals["images"]?["unique"] ?? 0
        bytes = totals["bytes"]?["images"] ?? 0
        histograms = totals.filter { !["pairs", "images", "bytes"].contains($0.key) }
        let number = { (sql: String) in try Int64.fetchOne(database, sql: sql) ?? 0 }
        shards = try number("SELECT count(*) FROM shards WHERE state < 3")
        shardBytes = try number("SELECT sum(bytes) FROM shards WHERE state < 3")
        catalogueBytes = try number("PRAGMA page_count") * number("PRAGMA page_size")
        queriesMatched = try number("SELECT count(*) FROM query_state WHERE pairs > 0")
        queriesAtCap = try number(
            "SELECT count(*) FROM query_state WHERE claims >= \(manifest.configuration.perQuery)")
        counters = [:]
        drops = [:]
        for row in try Row.fetchAll(database, sql: "SELECT source, name, value FROM counters") {
            let (source, name, value): (String, String, Int64) = (row[0], row[1], row[2])
            counters[source, default: [:]][name] = value
            if name.hasPrefix(Self.dropPrefix) {
                drops[String(name.dropFirst(Self.dropPrefix.count)), default: 0] += value
            }
        }
        hosts = try Row.fetchAll(
            database,
            sql:
                "SELECT host, sum(pairs) AS n FROM origins GROUP BY host HAVING n > 0 ORDER BY n DESC, host LIMIT 20"
        ).map { Host(host: $0[0], pairs: $0[1]) }
    }
}
