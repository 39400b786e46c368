internal import Synchronization
public import Tokenizer

/// Streams shuffled, decoded, tokenised batches out of stores and WebDataset shards.
///
///     let loader = try Loader(configuration, tokenizer: CLIPTokenizer())
///     for try await batch in loader.epoch(0) { … }
///
/// Batches are byte-identical on every run, whatever the number of threads; see `LoaderConfiguration`.
public final class Loader: Sendable {
    /// The set of samples and its order are named by this text; part of `LoaderState`.
    public let snapshot: String
    private let core: LoaderCore

    /// Opens the sources: a store's snapshot is taken, the headers of tar files are read once.
    ///
    /// - Parameter tokenizer: Needed unless the content is `.bytes`.
    /// - Throws: `LoaderError` for a bad configuration, missing or unreadable sources, or no sample at all.
    public convenience init(_ configuration: LoaderConfiguration, tokenizer: CLIPTokenizer?) throws {
        try configuration.validate()
        try self.init(configuration, tokenizer: tokenizer, remote: RemoteShards())
    }

    /// Opens sources of which some are URLs: shards that `LoaderConfiguration.remote`'s cache lacks are fetched first.
    ///
    /// - Throws: `LoaderError` as `init`, and when a shard cannot be fetched; `CancellationError`.
    public static func open(
        _ configuration: LoaderConfiguration, tokenizer: CLIPTokenizer?
    ) async throws -> Loader {
        try configuration.validate()
        let remote = try await RemoteShards(configuration)
        return try Loader(configuration, tokenizer: tokenizer, remote: remote)
    }

    private init(
        _ configuration: LoaderConfiguration, tokenizer: CLIPTokenizer?, remote: RemoteShards
    ) throws {
        guard tokenizer != nil || configuration.content == .bytes else {
            throw LoaderError(.badConfiguration, "captions are to be tokenised but there is no tokenizer")
        }
        let index = try SampleIndex(configuration, remote: remote)
        let maker = RowMaker(
            configuration, files: ShardFiles(index.places), tokenizer: tokenizer)
        core = LoaderCore(configuration: configuration, index: index, maker: maker)
        snapshot = index.identity(configuration)
        guard core.batchesPerEpoch > 0 else {
            throw LoaderError(
                .noSamples,
                "\(index.samples.count) samples do not fill a batch of \(configuration.batchSize): "
                    + "take smaller batches, or keep or pad the last one")
        }
    }

    /// What was asked for.
    public var configuration: LoaderConfiguration { core.configuration }

    /// Samples in an epoch, over all ranks.
    public var sampleCount: Int { core.index.samples.count }

    /// Global batches in an epoch.
    public var batchesPerEpoch: Int { core.batchesPerEpoch }

    /// What was done so far.
    public var statistics: LoaderStatistics { core.statistics }

    /// Samples left out so far, by reason.
    public var skipped: [String: Int] { core.statistics.skipped }

    /// Worker threads that have not ended; none are left soon after a run ends.
    var liveWorkers: Int { core.liveWorkers.load(ordering: .acquiring) }

    /// The batches of one epoch, from one of its global batches on.
    ///
    /// - Parameters:
    ///   - number: The epoch, from 0.
    ///   - batch: The first global batch, 0...`batchesPerEpoch`.
    public func epoch(_ number: Int, from batch: Int = 0) -> BatchSequence {
        batches(epochs: number..<number + 1, from: batch)
    }

    /// The batches of several epochs, each epoch's first batch being made while the one before it ends.
    ///
    /// - Parameters:
    ///   - epochs: Which epochs, from 0.
    ///   - batch: The first global batch of the first epoch, 0...`batchesPerEpoch`.
    public func batches(epochs: Range<Int>, from batch: Int = 0) -> BatchSequence {
        precondition(epochs.lowerBound >= 0 && (0...batchesPerEpoch).contains(batch), "no such batch")
        let end = epochs.upperBound * batchesPerEpoch
        return BatchSequence(core: core, steps: min(epochs.lowerBound * batchesPerEpoch + batch, end)..<end)
    }

    /// The batches after a place that was written down, up to but not including epoch `end`.
    ///
    /// - Throws: `LoaderError` if the samples, their split or the seed are others than they were.
    public func batches(from state: LoaderState, upToEpoch end: Int) throws -> BatchSequence {
        guard state.snapshot == snapshot, state.seed == configuration.seed, state.epoch >= 0,
            (0...batchesPerEpoch).contains(state.batch)
        else {
            throw LoaderError(
                .otherSnapshot,
                "the run was at batch \(state.batch) of epoch \(state.epoch) of \(state.snapshot), seed \(state.seed); "
                    + "the sources are now \(snapshot), seed \(configuration.seed): start a new run")
        }
        return batches(epochs: state.epoch..<max(end, state.epoch), from: state.batch)
    }

    /// The place right after a batch.
    public func state(after batch: Batch) -> LoaderState {
        let step = batch.epoch * batchesPerEpoch + batch.index + 1
        let (epoch, index) = step.quotientAndRemainder(dividingBy: batchesPerEpoch)
        return LoaderState(snapshot: snapshot, seed: configuration.seed, epoch: epoch, batch: index)
    }

    /// The place before the first batch.
    public var initialState: LoaderState {
        LoaderState(snapshot: snapshot, seed: configuration.seed, epoch: 0, batch: 0)
    }
}
