internal import Digest

/// What a store is bound to. All but `maxShardBytes` decides which pairs it holds and never changes.
public struct StoreConfiguration: Codable, Sendable, Equatable {
    /// SHA-256 of the query list's uncompressed text, 64 hexadecimal digits.
    public var listSHA256: String
    /// Rows of the list.
    public var queryCount: Int
    /// The seed of every priority.
    public var seed: UInt64
    /// The most pairs that one query claims (`k`).
    public var perQuery: Int
    /// Versions of the rules that decide on candidates, by name (normaliser, priority, canonical URL, filters).
    public var ruleVersions: [String: Int]
    /// A shard is sealed before a commit would take it past this size. A writer may choose it anew.
    public var maxShardBytes: Int64

    /// One gibibyte: some 25,000 pairs of 40 KB; big enough for sequential reading, small enough to move about.
    public static let defaultMaxShardBytes: Int64 = 1 << 30

    /// Binds a store; see the properties.
    public init(
        listSHA256: String, queryCount: Int, seed: UInt64, perQuery: Int, ruleVersions: [String: Int],
        maxShardBytes: Int64 = StoreConfiguration.defaultMaxShardBytes
    ) {
        self.listSHA256 = listSHA256
        self.queryCount = queryCount
        self.seed = seed
        self.perQuery = perQuery
        self.ruleVersions = ruleVersions
        self.maxShardBytes = maxShardBytes
    }

    enum CodingKeys: String, CodingKey {
        case listSHA256 = "list_sha256"
        case queryCount = "query_count"
        case seed
        case perQuery = "per_query"
        case ruleVersions = "rule_versions"
        case maxShardBytes = "max_shard_bytes"
    }

    /// What two configurations differ in, for a person; `nil` when both make the same set.
    public func difference(from other: StoreConfiguration) -> String? {
        if listSHA256 != other.listSHA256 || queryCount != other.queryCount {
            return "query list \(other.listSHA256.prefix(12)) (\(other.queryCount) rows), "
                + "not \(listSHA256.prefix(12)) (\(queryCount) rows)"
        }
        if seed != other.seed { return "seed \(other.seed), not \(seed)" }
        if perQuery != other.perQuery { return "--per-query \(other.perQuery), not \(perQuery)" }
        for name in Set(ruleVersions.keys).union(other.ruleVersions.keys).sorted()
        where ruleVersions[name] != other.ruleVersions[name] {
            let version = { (versions: [String: Int]) in versions[name].map(String.init) ?? "absent" }
            return "rule \(name) \(version(other.ruleVersions)), not \(version(ruleVersions))"
        }
        return nil
    }

    func check() throws {
        guard SHA256Digest(hex: listSHA256) != nil else {
            throw StoreError(.badArgument, listSHA256, "is not the SHA-256 of a query list")
        }
        guard (1...Int(UInt32.max)).contains(perQuery) else {
            throw StoreError(.badArgument, "per query \(perQuery)", "must be at least 1")
        }
        guard queryCount > 0 else { throw StoreError(.badArgument, "query list", "has no rows") }
        guard maxShardBytes > 0 else {
            throw StoreError(.badArgument, "shard size \(maxShardBytes)", "must be positive")
        }
    }
}
