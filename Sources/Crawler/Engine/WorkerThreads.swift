internal import Foundation

/// A few threads for work that keeps a core busy for long: decoding a picture takes milliseconds, and the threads
/// that all tasks share must not wait behind it.
///
/// Unchecked because `queue` is touched only with `condition` locked.
final class WorkerThreads: TaskExecutor, @unchecked Sendable {
    private let condition = NSCondition()
    private var queue: [UnownedJob] = []
    private var isStopped = false

    init(count: Int, label: String) {
        for number in 0..<max(1, count) {
            let thread = Thread { [weak self] in
                while let job = self?.next() { self?.run(job) }
            }
            thread.name = "\(label).\(number)"
            // libwebp and libpng keep buffers on the stack; half a megabyte is the default of secondary threads.
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.withLock {
            queue.append(job)
            condition.signal()
        }
    }

    /// Ends the threads once nothing is queued.
    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
        }
    }

    private func run(_ job: UnownedJob) { job.runSynchronously(on: asUnownedTaskExecutor()) }

    private func next() -> UnownedJob? {
        condition.withLock {
            while queue.isEmpty, !isStopped { condition.wait() }
            return queue.isEmpty ? nil : queue.removeFirst()
        }
    }
}
