/// Batches in order. Each iterator has worker threads of its own, from its first `next()` until its end, an error,
/// cancellation of the task that waits for it, or until it is let go of.
public struct BatchSequence: AsyncSequence, Sendable {
    /// A training batch.
    public typealias Element = Batch
    /// `LoaderError` if too many samples had to be skipped; `CancellationError`.
    public typealias Failure = any Error

    private let core: LoaderCore
    private let steps: Range<Int>

    init(core: LoaderCore, steps: Range<Int>) {
        self.core = core
        self.steps = steps
    }

    /// Batches that a whole pass gives.
    public var count: Int { steps.count }

    /// Starts a pass.
    public func makeAsyncIterator() -> Iterator {
        Iterator(handle: RunHandle(BatchRun(core: core, steps: steps)))
    }

    /// One pass over the batches.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let handle: RunHandle

        /// The next batch, or `nil` at the end.
        ///
        /// - Throws: `LoaderError` if too many samples had to be skipped; `CancellationError`.
        public mutating func next() async throws -> Batch? { try await handle.run.next() }
    }

    /// Stops the run when the iterator goes away; worker threads hold the run itself.
    fileprivate final class RunHandle: Sendable {
        let run: BatchRun

        init(_ run: BatchRun) { self.run = run }

        deinit { run.stop() }
    }
}
