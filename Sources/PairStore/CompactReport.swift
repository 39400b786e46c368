/// How far a compaction is.
public struct CompactProgress: Sendable {
    /// Bytes of sources dealt with.
    public var bytes: Int64
    /// Bytes of all sources.
    public var totalBytes: Int64
}

/// What a compaction did.
public struct CompactReport: Sendable, Codable, Equatable {
    /// Shards that were rewritten.
    public var shardsBefore = 0
    /// Their bytes.
    public var bytesBefore: Int64 = 0
    /// Shards that were written in their place.
    public var shardsAfter = 0
    /// Their bytes.
    public var bytesAfter: Int64 = 0
    /// Pairs that were moved.
    public var pairs = 0
    /// Lines of the candidate log that removals name, now gone.
    public var candidates = 0
    /// Rows of `crawl.sqlite` that removals name, now blank.
    public var crawlRows = 0
    /// Files of `lost/`, now gone: where something was removed, they may hold it.
    public var lostFiles = 0
    /// Old files that wait for readers to close; the next opening or compaction unlinks them.
    public var waiting = 0

    /// Nothing compacted.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case shardsBefore = "shards_before"
        case bytesBefore = "bytes_before"
        case shardsAfter = "shards_after"
        case bytesAfter = "bytes_after"
        case pairs, candidates, waiting
        case crawlRows = "crawl_rows"
        case lostFiles = "lost_files"
    }
}
