import Foundation
import Synchronization

/// The one thread on which all tensor work runs.
///
/// LibTorch keeps grad mode and OpenMP its thread count in thread-local state, so a task that hops between
/// threads would lose them. Whatever touches a tensor is isolated to this actor, and the compiler checks it.
@globalActor
public actor TensorActor {
    /// The actor of the process.
    public static let shared = TensorActor()

    private let thread = ThreadExecutor(name: "wit.tensors")

    /// The dedicated thread as an executor.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
}

/// Runs jobs one after the other on a thread of its own, which lives as long as the process.
private final class ThreadExecutor: SerialExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let waiting = DispatchSemaphore(value: 0)

    init(name: String) {
        let thread = Thread { [unowned self] in self.loop() }
        thread.name = name
        thread.stackSize = 16 << 20
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        waiting.signal()
    }

    private func loop() {
        while true {
            waiting.wait()
            let job = jobs.withLock { $0.removeFirst() }
            job.runSynchronously(on: asUnownedSerialExecutor())
        }
    }
}
