import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: the first asks the work to stop cleanly, the second ends the process at once.
package final class Interrupt: Sendable {
    private let signals = Atomic<Int>(0)
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    /// Calls `stop` at the first signal, after telling the person what is happening; work that looks at `requested`
    /// needs no such call.
    package init(saying message: String, stop: @escaping @Sendable () -> Void = {}) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)  // the source sees it all the same
            sources.withLock { list in
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { [weak self] in self?.received(message, stop) }
                source.resume()
                list.append(source)
            }
        }
    }

    /// True once a signal has asked for the end.
    package var requested: Bool { signals.load(ordering: .relaxed) > 0 }

    private func received(_ message: String, _ stop: @Sendable () -> Void) {
        let count = signals.add(1, ordering: .relaxed).newValue
        if count > 1 { _exit(130) }
        Terminal.note(message + " (again to stop at once)")
        stop()
    }

    deinit {
        sources.withLock { $0.forEach { $0.cancel() } }
    }
}
