/// Which samples make up which batch, for one rank.
struct BatchPlan {
    /// Rows of one batch in order, the last `paddingCount` of them repeats.
    struct Rows: Equatable {
        var samples: [SampleShares.Pick]
        var paddingCount = 0
    }

    private let shares: SampleShares
    private let configuration: LoaderConfiguration
    private var order: EpochOrder

    init(_ stretches: [SampleIndex.Stretch], configuration: LoaderConfiguration) {
        shares = SampleShares(stretches)
        self.configuration = configuration
        order = EpochOrder(shardCounts: shares.counts, seed: configuration.seed, epoch: 0)
    }

    /// Global batches in each epoch.
    var batchesPerEpoch: Int {
        switch configuration.lastBatch {
        case .drop: order.count / configuration.batchSize
        case .keep, .pad: (order.count + configuration.batchSize - 1) / configuration.batchSize
        }
    }

    /// This rank's rows of a global batch.
    mutating func rows(epoch: Int, batch: Int) -> Rows {
        if order.epoch != epoch {
            order = EpochOrder(shardCounts: shares.counts, seed: configuration.seed, epoch: epoch)
        }
        let start = batch * configuration.batchSize
        let end = start + configuration.batchSize
        var rows = Rows(samples: [])
        for position in stride(from: start + configuration.rank, to: end, by: configuration.world) {
            if position >= order.count {
                guard configuration.lastBatch == .pad else { break }
                rows.paddingCount += 1
            }
            rows.samples.append(shares.pick(order.sample(at: position % order.count), epoch: epoch))
        }
        return rows
    }
}
