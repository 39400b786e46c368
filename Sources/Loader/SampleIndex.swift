internal import Digest
internal import PairStore

/// Every sample of the sources: which shard holds it and where. 16 bytes a sample; keys stay in the shards.
struct SampleIndex: Sendable {
    /// Neighbours in `samples` that belong together: an archive's, or a store's.
    struct Stretch: Sendable, Equatable {
        var first: Int
        var count: Int
        /// How often its samples come in each epoch.
        var weight: Double
        /// Its source, counted from 0.
        var source: Int
    }

    /// The stretch of a shard that holds all members of a sample.
    struct Sample: Sendable, Equatable {
        var offset: Int64
        var length: Int32
        var shard: Int32
    }

    private(set) var places: [ShardFiles.Place] = []
    private(set) var stretches: [Stretch] = []
    private(set) var samples: ContiguousArray<Sample> = []
    /// Groups of members that are no sample, by reason.
    private(set) var skipped: [String: Int] = [:]
    /// What the sources are, for `LoaderState`.
    private(set) var identities: [String] = []

    /// What pipes gave, all together.
    var spooledBytes: Int64 = 0
    /// What the sources' stores are kept from doing while the index lives: unlinking files.
    private var holds: [StoreReader] = []

    /// Opens every source in turn.
    init(_ configuration: LoaderConfiguration, remote: RemoteShards = RemoteShards()) throws {
        let filter = SplitFilter(configuration.split)
        for (number, source) in configuration.sources.enumerated() {
            let first = stretches.count
            switch source {
            case .store(let path): try addStore(path, filter, configuration)
            case .tars(let pattern):
                guard configuration.view == .all else {
                    throw LoaderError(
                        .badConfiguration, "\(pattern): a view needs a store; tar files know no claims")
                }
                try addTars(pattern, filter, configuration, remote)
            }
            for stretch in first..<stretches.count {
                stretches[stretch].source = number
                stretches[stretch].weight = configuration.weights.isEmpty ? 1 : configuration.weights[number]
            }
        }
        guard !samples.isEmpty else { throw Self.nothing(in: configuration.sources, skipped) }
    }

    /// A name for exactly this set in exactly this order.
    func identity(_ configuration: LoaderConfiguration) -> String {
        let weights = configuration.weights.map { "\($0)" }.joined(separator: ",")
        return identities.joined(separator: "+") + configuration.view.name
            + SplitFilter(configuration.split).suffix
            + (weights.isEmpty ? "" : "#weights\(weights)")
    }

    /// Numbers a shard.
    mutating func add(_ place: ShardFiles.Place, of name: String) throws -> Int32 {
        guard let number = Int32(exactly: places.count) else {
            throw LoaderError(.badConfiguration, "\(name): more shards than one run can number")
        }
        places.append(place)
        return number
    }

    /// Adds samples that are neighbours; a stretch without any is left out.
    mutating func add(_ found: [Sample], of name: String) throws {
        guard !found.isEmpty else { return }
        guard samples.count + found.count <= Int(UInt32.max) else {
            throw LoaderError(.badConfiguration, "\(name): more samples than one run can number")
        }
        stretches.append(Stretch(first: samples.count, count: found.count, weight: 1, source: 0))
        samples.append(contentsOf: found)
    }

    mutating func hold(_ reader: StoreReader) { holds.append(reader) }

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
