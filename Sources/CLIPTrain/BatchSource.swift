public import Loader

/// What a trainer needs of a data loader: batches in an order that repeats.
public protocol BatchSource: Sendable {
    /// The batches of one pass.
    associatedtype Batches: AsyncSequence where Batches.Element == Batch, Batches.Failure == any Error

    /// Names the samples, their order and their cut into batches; a run resumes only on the same.
    var identity: String { get }
    /// Batches in each epoch.
    var batchesPerEpoch: Int { get }
    /// The batches of several epochs, from a batch of the first one on.
    func batches(epochs: Range<Int>, from batch: Int) -> Batches
}
