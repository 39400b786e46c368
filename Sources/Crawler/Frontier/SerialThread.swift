internal import Dispatch

/// Runs an actor's work on a thread of its own, so that blocking calls (SQLite, fsync) never hold one of the few
/// threads that all tasks share.
final class SerialThread: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
