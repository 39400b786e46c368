/// What a loader has done so far, over all its runs.
public struct LoaderStatistics: Codable, Sendable, Equatable {
    /// Samples delivered in batches, padding included.
    public var samples = 0
    /// Batches delivered.
    public var batches = 0
    /// Bytes read from shards for the delivered samples.
    public var bytes: Int64 = 0
    /// Seconds that runs have lasted, from their first request to their end or to now.
    public var seconds = 0.0
    /// Times the consumer found no batch ready.
    public var stalls = 0
    /// Seconds the consumer waited in those.
    public var stallSeconds = 0.0
    /// Samples left out, by reason.
    public var skipped: [String: Int] = [:]

    /// Nothing done yet.
    public init() {}

    /// Samples left out for any reason.
    public var skippedCount: Int { skipped.values.reduce(0, +) }
}
