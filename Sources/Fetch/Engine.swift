internal import CCurl
internal import Foundation
internal import Synchronization

/// The thread that runs all transfers over one multi handle of libcurl.
///
/// Tasks talk to it through a mailbox; it answers through each transfer's continuation. Everything but the
/// mailbox is touched by the thread alone.
final class Engine: Sendable {
    private struct Mailbox {
        var added: [Transfer] = []
        var cancelled: [Transfer] = []
        var isStopping = false
        /// Nil once the thread has ended: nobody may wake it any more.
        var multi: MultiHandle?

        var isEmpty: Bool { added.isEmpty && cancelled.isEmpty && !isStopping }
    }

    private let mailbox: Mutex<Mailbox>
    let configuration: FetchConfiguration

    /// Starts the thread.
    init(_ configuration: FetchConfiguration) {
        self.configuration = configuration
        let multi = MultiHandle(configuration)
        mailbox = Mutex(Mailbox(multi: multi))
        let thread = Thread { [self] in
            var loop = EngineLoop(multi, configuration)
            loop.run { self.collect() }
            mailbox.withLock { $0.multi = nil }
            loop.close()
        }
        thread.name = "wit-fetch"
        thread.start()
    }

    /// Puts a transfer in the queue; one that comes after the end is settled at once.
    func add(_ transfer: Transfer) {
        let isOpen = post { $0.added.append(transfer) }
        if !isOpen { transfer.settle(.failure(FetchFailure(.shutDown, url: transfer.request.url))) }
    }

    /// Ends a transfer early; one that has its outcome already is left alone.
    func cancel(_ transfer: Transfer) { post { $0.cancelled.append(transfer) } }

    /// Ends all transfers and the thread.
    func stop() { post { $0.isStopping = true } }

    @discardableResult
    private func post(_ change: (inout Mailbox) -> Void) -> Bool {
        mailbox.withLock { box in
            guard let multi = box.multi, !box.isStopping else { return false }
            let wasEmpty = box.isEmpty
            change(&box)
            if wasEmpty { multi.wake() }
            return true
        }
    }

    private func collect() -> EngineLoop.Orders {
        mailbox.withLock { box in
            let orders = EngineLoop.Orders(added: box.added, cancelled: box.cancelled, stop: box.isStopping)
            box.added = []
            box.cancelled = []
            return orders
        }
    }
}
