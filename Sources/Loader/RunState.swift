/// The decisions of a run, without threads or clocks: which worker does what next, and what the consumer gets.
///
/// Steps are global batches counted through all epochs. At most `prefetch` steps are open or waiting at once: that
/// bounds memory and holds workers back when the consumer is slow.
struct RunState {
    enum Job {
        /// Start the batch of a step.
        case open(Int)
        /// Make a row of a batch that is open.
        case row(BatchAssembly, Int)
        /// Nothing to do until something changes.
        case wait
        /// Nothing to do any more.
        case end
    }

    enum Outcome {
        case batch(Batch)
        case failure(any Error)
        case end
    }

    private(set) var nextToOpen: Int
    private(set) var nextToDeliver: Int
    private let end: Int
    private let prefetch: Int
    private var assemblies: [BatchAssembly] = []
    private var finished: [Int: Batch] = [:]
    private var failure: (any Error)?
    private(set) var isStopped = false

    init(steps: Range<Int>, prefetch: Int) {
        nextToOpen = steps.lowerBound
        nextToDeliver = steps.lowerBound
        end = steps.upperBound
        self.prefetch = prefetch
    }

    /// A worker's next job: rows of the oldest open batch first, then a new batch.
    mutating func nextJob() -> Job {
        if isStopped { return .end }
        for assembly in assemblies {
            if let row = claim(assembly) { return .row(assembly, row) }
        }
        if nextToOpen == end { return .end }
        guard nextToOpen < nextToDeliver + prefetch else { return .wait }
        nextToOpen += 1
        return .open(nextToOpen - 1)
    }

    mutating func opened(_ assembly: BatchAssembly) { assemblies.append(assembly) }

    /// The next row of a batch that nobody makes yet.
    func claim(_ assembly: BatchAssembly) -> Int? {
        guard !isStopped, assembly.nextRow < assembly.rows.samples.count else { return nil }
        assembly.nextRow += 1
        return assembly.nextRow - 1
    }

    /// Whether every row that was claimed is made, and no more will be claimed.
    func isComplete(_ assembly: BatchAssembly) -> Bool {
        assembly.completed == assembly.nextRow
            && (isStopped || assembly.nextRow == assembly.rows.samples.count)
    }

    mutating func closed(_ assembly: BatchAssembly) { assemblies.removeAll { $0 === assembly } }

    mutating func finish(step: Int, _ batch: Batch) {
        if !isStopped { finished[step] = batch }
    }

    /// What the consumer can have now; `nil` while it has to wait.
    mutating func takeOutcome() -> Outcome? {
        if let failure { return .failure(failure) }
        if isStopped || nextToDeliver == end { return .end }
        guard let batch = finished.removeValue(forKey: nextToDeliver) else { return nil }
        nextToDeliver += 1
        return .batch(batch)
    }

    /// Ends the run; what waits is dropped.
    mutating func stop(_ error: (any Error)? = nil) {
        guard !isStopped else { return }
        isStopped = true
        failure = error
        finished = [:]
    }
}
