import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: the first asks the work to stop cleanly, the second ends the process at once.
final class Interrupt: Sendable {
    private let sources: [any DispatchSourceSignal & Sendable]
    private let seen = Mutex(0)

    /// Calls `stop` at the first signal, after telling the person what is happening.
    init(saying message: String, stop: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "wit.signals")
        var sources: [any DispatchSourceSignal & Sendable] = []
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            sources.append(DispatchSource.makeSignalSource(signal: number, queue: queue))
        }
        self.sources = sources
        for source in sources {
            source.setEventHandler { [self] in
                if seen.withLock({ count in count += 1; return count }) > 1 { _exit(130) }
                Terminal.note(message + " (again to stop at once)")
                stop()
            }
            source.resume()
        }
    }

    /// True once a signal has asked for the end.
    var requested: Bool { seen.withLock { $0 > 0 } }

    deinit { sources.forEach { $0.cancel() } }
}
