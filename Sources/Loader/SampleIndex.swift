internal import Digest

/// Every sample of the sources: which shard holds it and where. 16 bytes a sample; keys stay in the shards.
struct SampleIndex: Sendable {
    struct Shard: Sendable {
        var path: String
        /// Where its samples start in `samples`, and how many there are.
        var first: Int
        var count: Int
    }

    /// The stretch of a shard that holds all members of a sample.
    struct Sample: Sendable, Equatable {
        var offset: Int64
        var length: Int32
        var shard: Int32
    }

    private(set) var shards: [Shard] = []
    private(set) var samples: ContiguousArray<Sample> = []
    /// Groups of members that are no sample, by reason.
    private(set) var skipped: [String: Int] = [:]
    /// What the sources are, for `LoaderState`.
    private(set) var identities: [String] = []

    /// Opens every source in turn.
    init(_ configuration: LoaderConfiguration) throws {
        let filter = SplitFilter(configuration.split)
        for source in configuration.sources {
            switch source {
            case .store(let path): try addStore(path, filter, at: configuration.snapshot)
            case .tars(let pattern): try addTars(pattern, filter, content: configuration.content)
            }
        }
        guard !samples.isEmpty else { throw Self.nothing(in: configuration.sources, skipped) }
    }

    /// The samples of each shard, in order.
    var shardCounts: [Int] { shards.map(\.count) }

    /// A name for exactly this set in exactly this order.
    func identity(split: LoaderConfiguration.Split) -> String {
        identities.joined(separator: "+") + SplitFilter(split).suffix
    }

    /// Adds the samples of one shard; a shard without any is left out.
    mutating func add(shard path: String, samples found: [(offset: Int64, length: Int32)]) throws {
        guard !found.isEmpty else { return }
        guard let number = Int32(exactly: shards.count), samples.count + found.count <= Int(UInt32.max) else {
            throw LoaderError(.badConfiguration, "\(path): more shards or samples than one run can number")
        }
        shards.append(Shard(path: path, first: samples.count, count: found.count))
        samples.append(contentsOf: found.map { Sample(offset: $0.offset, length: $0.length, shard: number) })
    }

    mutating func add(identity: String) { identities.append(identity) }

    mutating func countSkipped(_ reason: String, _ count: Int = 1) { skipped[reason, default: 0] += count }

    private static func nothing(in sources: [LoaderSource], _ skipped: [String: Int]) -> LoaderError {
        let names = sources.map { source in
            switch source {
            case .store(let path), .tars(let path): path
            }
        }
        let reasons = skipped.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(
            separator: ", ")
        return LoaderError(
            .noSamples,
            "no sample in \(names.joined(separator: ", "))"
                + (reasons.isEmpty ? "" : " (skipped: \(reasons))")
                + ": samples are KEY.jpg|png|webp|gif beside KEY.txt")
    }
}

/// Which keys take part in a split.
struct SplitFilter: Sendable {
    private let split: LoaderConfiguration.Split

    init(_ split: LoaderConfiguration.Split) { self.split = split }

    func admits(_ key: String) -> Bool {
        switch split {
        case .all: true
        case .training(let share): !isHeldOut(key, share)
        case .heldOut(let share): isHeldOut(key, share)
        }
    }

    /// What tells this split's snapshot from another's.
    var suffix: String {
        switch split {
        case .all: ""
        case .training(let share): "#training\(share)"
        case .heldOut(let share): "#heldout\(share)"
        }
    }

    private func isHeldOut(_ key: String, _ share: Double) -> Bool {
        // The top 53 bits as a number in 0..<1.
        Double(SHA256Digest(ofUTF8: "hold-out/" + key).firstWord >> 11) * 0x1p-53 < share
    }
}
