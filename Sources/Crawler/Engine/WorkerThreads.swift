internal import Foundation

/// A few threads for work that keeps a core busy for long: decoding a picture takes milliseconds, and the threads
/// that all tasks share must not wait behind it.
///
/// Unchecked because `queue` is touched only with `condition` locked.
final class WorkerThreads: @unchecked Sendable {
    private let condition = NSCondition()
    private var queue: [@Sendable () -> Void] = []
    private var isStopped = false
    private let onIdle: @Sendable () -> Void

    /// - Parameter onIdle: is called by a thread that has nothing to do, before it waits.
    init(count: Int, label: String, onIdle: @escaping @Sendable () -> Void) {
        self.onIdle = onIdle
        for number in 0..<max(1, count) {
            let thread = Thread { [weak self] in
                while let work = self?.next() { work() }
            }
            thread.name = "\(label).\(number)"
            // libwebp and libpng keep buffers on the stack; half a megabyte is the default of secondary threads.
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    /// Has a thread do some work.
    func run(_ work: @escaping @Sendable () -> Void) {
        condition.withLock {
            queue.append(work)
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

    private func next() -> (@Sendable () -> Void)? {
        if let work = condition.withLock({ takeFirst() }) { return work }
        onIdle()
        return condition.withLock {
            while queue.isEmpty, !isStopped { condition.wait() }
            return takeFirst()
        }
    }

    private func takeFirst() -> (@Sendable () -> Void)? { queue.isEmpty ? nil : queue.removeFirst() }
}
