import Testing

@testable import Loader

/// The decisions of a run, driven step by step.
struct RunStateTests {
    @Test("No more batches than `prefetch` are open or waiting", arguments: [1, 2, 5])
    func bounded(prefetch: Int) {
        var state = RunState(steps: 0..<20, prefetch: prefetch)
        for delivered in 0..<20 {
            var opened = 0
            while case .open(let step) = state.nextJob() {
                opened += 1
                state.finish(step: step, batch())
            }
            #expect(opened == (delivered == 0 ? prefetch : delivered + prefetch <= 20 ? 1 : 0))
            guard case .batch? = state.takeOutcome() else { return #expect(Bool(false), "a batch was ready") }
        }
        guard case .end? = state.takeOutcome() else { return #expect(Bool(false), "the range is over") }
        guard case .end = state.nextJob() else { return #expect(Bool(false), "nothing is left to do") }
    }

    @Test("Batches come in order though they are finished in another")
    func order() {
        var state = RunState(steps: 4..<7, prefetch: 3)
        while case .open = state.nextJob() {}
        state.finish(step: 6, batch(6))
        state.finish(step: 5, batch(5))
        #expect(state.takeOutcome() == nil)
        state.finish(step: 4, batch(4))
        #expect((0..<3).map { _ in index(state.takeOutcome()) } == [4, 5, 6])
    }

    @Test("Rows of an open batch go before a new batch, each to one worker")
    func rowsFirst() {
        var state = RunState(steps: 0..<2, prefetch: 2)
        guard case .open = state.nextJob() else { return #expect(Bool(false)) }
        let assembly = BatchAssembly(
            epoch: 0, index: 0, rows: .init(samples: [.init(sample: 7, pass: 0), .init(sample: 8, pass: 0)]),
            images: .init(copying: .init(start: nil, count: 0)),
            imageBytes: 0)
        state.opened(assembly)
        #expect([row(state.nextJob()), row(state.nextJob())] == [0, 1])
        guard case .open(1) = state.nextJob() else { return #expect(Bool(false)) }
        #expect(!state.isComplete(assembly))
        assembly.complete(0, .failure(SkipReason("x")))
        assembly.complete(1, .failure(SkipReason("x")))
        #expect(state.isComplete(assembly))
    }

    @Test("A stopped run gives its error, drops what waits, and lets open batches go")
    func stopped() {
        var state = RunState(steps: 0..<5, prefetch: 2)
        guard case .open = state.nextJob() else { return #expect(Bool(false)) }
        let assembly = BatchAssembly(
            epoch: 0, index: 0, rows: .init(samples: [.init(sample: 7, pass: 0), .init(sample: 8, pass: 0)]),
            images: .init(copying: .init(start: nil, count: 0)),
            imageBytes: 0)
        state.opened(assembly)
        _ = state.nextJob()
        state.stop(SkipReason("enough"))
        #expect(!state.isComplete(assembly), "one row is being made")
        assembly.complete(0, .failure(SkipReason("x")))
        #expect(state.isComplete(assembly), "the other will never be")
        guard case .failure(let error)? = state.takeOutcome() else { return #expect(Bool(false)) }
        #expect(error as? SkipReason == SkipReason("enough"))
        guard case .end = state.nextJob() else { return #expect(Bool(false)) }
    }

    private func batch(_ index: Int = 0) -> Batch {
        var batch = Batch(images: [], imageSize: 0, tokens: [], contextLength: 0, lengths: [], keys: [])
        batch.index = index
        return batch
    }

    private func index(_ outcome: RunState.Outcome?) -> Int? {
        if case .batch(let batch)? = outcome { batch.index } else { nil }
    }

    private func row(_ job: RunState.Job) -> Int? {
        if case .row(_, let row) = job { row } else { nil }
    }
}

struct SkipLimitTests {
    @Test("A share is allowed on top of sixteen", arguments: [(0.0, 17), (0.05, 17), (1.0, nil as Int?)])
    func limit(share: Double, stopsAt: Int?) {
        var limit = SkipLimit(share: share)
        let stop = (1...1_000).first { _ in limit.count(SkipReason("corrupt")) != nil }
        #expect(stop == stopsAt)
    }

    @Test("The error names the reasons, most frequent first")
    func message() {
        var limit = SkipLimit(share: 0)
        for _ in 0..<5 { _ = limit.count(SkipReason("no_text")) }
        let errors = (0..<12).compactMap { _ in limit.count(SkipReason("corrupt")) }
        #expect(errors.first?.description.contains("corrupt: 12, no_text: 5") == true)
        #expect(errors.first?.code == .tooManySkipped)
    }
}
