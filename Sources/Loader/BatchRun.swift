internal import Decode
import Foundation
internal import Synchronization

/// Worker threads that make the batches of a range of steps, in order, for one consumer.
///
/// `@unchecked Sendable`: `condition` guards every stored `var`.
final class BatchRun: @unchecked Sendable {
    private let condition = NSCondition()
    private var state: RunState
    private var limit: SkipLimit
    private var waiter: CheckedContinuation<Batch?, any Error>?
    private var waitStart: ContinuousClock.Instant?
    private var lastMark: ContinuousClock.Instant?
    private var startedWorkers = false

    private let core: LoaderCore
    private let pool: PicturePool
    private let clock = ContinuousClock()

    init(core: LoaderCore, steps: Range<Int>) {
        self.core = core
        pool = core.picturePool()
        state = RunState(steps: steps, prefetch: core.configuration.prefetch)
        limit = SkipLimit(share: core.configuration.maxSkippedShare)
    }

    /// The next batch, or `nil` at the end of the range. Threads start with the first call.
    func next() async throws -> Batch? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { request($0) }
        } onCancel: {
            stop(CancellationError())
        }
    }

    /// Ends the run: threads finish the sample they are at and go.
    func stop(_ error: (any Error)? = nil) { change { $0.stop(error) } }

    private func request(_ continuation: CheckedContinuation<Batch?, any Error>) {
        condition.lock()
        startWorkers()
        precondition(waiter == nil, "a run has one consumer")
        waiter = continuation
        waitStart = clock.now
        lastMark = lastMark ?? clock.now
        deliver(isStall: false)
    }

    /// Changes the state, tells everybody, and serves the consumer if that made something ready.
    private func change(_ body: (inout RunState) -> Void) {
        condition.lock()
        body(&state)
        condition.broadcast()
        deliver(isStall: true)
    }

    /// Called with the lock held, returns without it: the consumer's code must not run under it.
    private func deliver(isStall: Bool) {
        guard let waiter, let outcome = state.takeOutcome() else { return condition.unlock() }
        self.waiter = nil
        let now = clock.now
        core.record(
            outcome, elapsed: lastMark?.duration(to: now),
            stalled: isStall ? waitStart?.duration(to: now) : nil)
        lastMark = now
        // A step was delivered, so another may open.
        condition.broadcast()
        condition.unlock()
        switch outcome {
        case .batch(let batch): waiter.resume(returning: batch)
        case .failure(let error): waiter.resume(throwing: error)
        case .end: waiter.resume(returning: nil)
        }
    }
}

extension BatchRun {
    private func startWorkers() {
        guard !startedWorkers else { return }
        startedWorkers = true
        core.liveWorkers.add(core.configuration.threads, ordering: .relaxed)
        for number in 0..<core.configuration.threads {
            let thread = Thread { self.work() }
            thread.name = "wit-loader-\(number)"
            thread.start()
        }
    }

    private func work() {
        defer { core.liveWorkers.subtract(1, ordering: .releasing) }
        let scratch = DecodeScratch()
        while true {
            switch waitForJob() {
            case .row(let assembly, let row): make(assembly, row, scratch)
            case .open(let step): assemble(step, scratch)
            case .end, .wait: return
            }
        }
    }

    /// A job, or `.end`.
    private func waitForJob() -> RunState.Job {
        condition.lock()
        defer { condition.unlock() }
        while true {
            let job = state.nextJob()
            guard case .wait = job else { return job }
            condition.wait()
        }
    }

    private func make(_ assembly: BatchAssembly, _ row: Int, _ scratch: DecodeScratch) {
        let pick = assembly.rows.samples[row]
        let result = core.maker.make(
            core.index.samples[pick.sample], pass: pick.pass, image: assembly.image(row), scratch: scratch)
        var reason: SkipReason?
        if case .failure(let failure) = result { reason = failure }
        if let reason { core.recordSkip(reason) }
        change { state in
            assembly.complete(row, result)
            if let error = limit.count(reason) { state.stop(error) }
        }
    }

    /// Opens a batch, makes rows of it beside the other workers, and closes it when the last one is done.
    private func assemble(_ step: Int, _ scratch: DecodeScratch) {
        let (epoch, index) = step.quotientAndRemainder(dividingBy: core.batchesPerEpoch)
        let rows = core.plan.withLock { $0.rows(epoch: epoch, batch: index) }
        let assembly = BatchAssembly(
            epoch: epoch, index: index, rows: rows, images: pool.take(), imageBytes: core.imageBytes)
        change { $0.opened(assembly) }
        while let row = claim(assembly) { make(assembly, row, scratch) }
        waitUntilComplete(assembly)
        let batch = core.batch(assembly)
        change { $0.finish(step: step, batch) }
    }

    private func claim(_ assembly: BatchAssembly) -> Int? {
        condition.lock()
        defer { condition.unlock() }
        return state.claim(assembly)
    }

    private func waitUntilComplete(_ assembly: BatchAssembly) {
        condition.lock()
        defer { condition.unlock() }
        while !state.isComplete(assembly) { condition.wait() }
        state.closed(assembly)
    }
}
