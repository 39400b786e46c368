internal import Decode
internal import Synchronization

/// What the runs of a loader share: the index, the row maker, the counts.
final class LoaderCore: Sendable {
    let configuration: LoaderConfiguration
    let index: SampleIndex
    let maker: RowMaker
    let plan: Mutex<BatchPlan>
    let batchesPerEpoch: Int
    /// Worker threads that have not ended, over all runs.
    let liveWorkers = Atomic<Int>(0)
    private let counts: Mutex<LoaderStatistics>

    init(configuration: LoaderConfiguration, index: SampleIndex, maker: RowMaker) {
        self.configuration = configuration
        self.index = index
        self.maker = maker
        let plan = BatchPlan(index.stretches, configuration: configuration)
        batchesPerEpoch = plan.batchesPerEpoch
        self.plan = Mutex(plan)
        var statistics = LoaderStatistics()
        statistics.skipped = index.skipped
        counts = Mutex(statistics)
    }

    var statistics: LoaderStatistics { counts.withLock { $0 } }

    /// Values of one picture, 0 where none is made.
    private var imageValues: Int {
        configuration.content == .pairs ? 3 * configuration.imageSize * configuration.imageSize : 0
    }

    /// Bytes of one picture in a batch, 0 where none is made.
    var imageBytes: Int { imageValues * configuration.pixels.bytesPerValue }

    /// Memory for the batches of one run: this rank's share of a whole batch each.
    func picturePool() -> PicturePool {
        let rows = (configuration.batchSize + configuration.world - 1) / configuration.world
        // Beside those being made or waiting, the consumer holds one, and one is on its way back.
        return PicturePool(byteCount: rows * imageBytes, capacity: configuration.prefetch + 2)
    }

    func recordSkip(_ reason: SkipReason) { counts.withLock { $0.skipped[reason.name, default: 0] += 1 } }

    /// Counts a delivery: the time since the one before it, and how long the consumer waited if it had to.
    func record(_ outcome: RunState.Outcome, elapsed: Duration?, stalled: Duration?) {
        counts.withLock { counts in
            counts.seconds += elapsed?.seconds ?? 0
            guard case .batch(let batch) = outcome else { return }
            counts.batches += 1
            counts.samples += batch.count
            counts.bytes += batch.bytesRead
            if let stalled {
                counts.stalls += 1
                counts.stallSeconds += stalled.seconds
            }
        }
    }

    /// Puts the rows of a batch together.
    func batch(_ assembly: BatchAssembly) -> Batch {
        let (rows, paddingCount) = assembly.close()
        let hasTokens = configuration.content != .bytes
        let images = BatchImages(configuration.pixels, count: rows.count * imageValues, in: assembly.images)
        var batch = Batch(
            images, imageSize: imageValues > 0 ? configuration.imageSize : 0,
            tokens: ContiguousArray(rows.flatMap(\.tokens)),
            contextLength: hasTokens ? configuration.contextLength : 0,
            lengths: hasTokens ? ContiguousArray(rows.map(\.length)) : [], keys: rows.map(\.key))
        batch.encoded = rows.compactMap(\.encoded)
        batch.paddingCount = paddingCount
        batch.epoch = assembly.epoch
        batch.index = assembly.index
        batch.bytesRead = rows.reduce(0) { $0 + Int64($1.bytes) }
        return batch
    }
}

extension Duration {
    /// The whole duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
