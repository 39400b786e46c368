/// A place in the stream: with it, a run goes on with byte-identical batches, whatever its threads and ranks.
public struct LoaderState: Codable, Sendable, Equatable {
    /// The set of samples: a store's uuid and commit, or a digest of the tar files' index; and the split.
    public var snapshot: String
    /// The seed of the order.
    public var seed: UInt64
    /// The epoch of the next batch, from 0.
    public var epoch: Int
    /// The next global batch within the epoch, from 0.
    public var batch: Int

    /// A place that was written down earlier.
    public init(snapshot: String, seed: UInt64, epoch: Int, batch: Int) {
        self.snapshot = snapshot
        self.seed = seed
        self.epoch = epoch
        self.batch = batch
    }
}
