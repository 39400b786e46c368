/// The clock of a run: how long steps take, and how much of that is waiting for batches.
struct Pace {
    private let first: Int
    private let last: Int
    private var working = Duration.zero
    private var stepBegan: ContinuousClock.Instant
    private var batchArrived: ContinuousClock.Instant

    /// Starts the clock of a run that has done `done` steps of `last`.
    init(began: ContinuousClock.Instant, done: Int, last: Int) {
        first = done
        self.last = last
        stepBegan = began
        batchArrived = began
    }

    /// The batch of the next step is here.
    mutating func arrived() { batchArrived = .now }

    /// The step is done; fills in its figures.
    mutating func finished(_ samples: Int, _ report: inout StepReport) {
        let now = ContinuousClock.now
        let taken = now - stepBegan
        working += taken
        report.samplesPerSecond = Double(samples) / taken.seconds
        report.dataWait = (batchArrived - stepBegan) / taken
        report.secondsLeft = working.seconds / Double(report.step - first) * Double(last - report.step)
        stepBegan = now
    }

    /// Time that no step is to be charged with, such as a checkpoint's, has just passed.
    mutating func leaveOutTimeUntilNow() { stepBegan = .now }
}

extension Duration {
    /// The whole duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
