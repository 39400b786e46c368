internal import Synchronization

/// What happened, on its way to the crawl's loop from any thread. The loop takes all that has gathered at once: a picture
/// costs several events, and waking the loop for each would cost more than handling it.
final class EventInbox: Sendable {
    private struct State {
        var events: [CrawlEvent] = []
        var waiter: CheckedContinuation<Void, Never>?

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            defer { waiter = nil }
            return waiter
        }
    }

    private let state = Mutex(State())

    /// So many events wake the loop even if it was to be left alone.
    private static let most = 8

    /// Brings an event to the loop now.
    func post(_ event: CrawlEvent) {
        let waiter = state.withLock { state in
            state.events.append(event)
            return state.takeWaiter()
        }
        waiter?.resume()
    }

    /// Leaves an event for the loop's next round, which `announce` brings about at the latest.
    func leave(_ event: CrawlEvent) {
        let waiter = state.withLock { state in
            state.events.append(event)
            return state.events.count < Self.most ? nil : state.takeWaiter()
        }
        waiter?.resume()
    }

    /// Wakes the loop if something was left.
    func announce() {
        let waiter = state.withLock { $0.events.isEmpty ? nil : $0.takeWaiter() }
        waiter?.resume()
    }

    /// All events since the last call, in their order; waits for the first. One task may wait at a time.
    func take() async -> [CrawlEvent] {
        await withCheckedContinuation { waiter in
            let isReady = state.withLock { state in
                if state.events.isEmpty { state.waiter = waiter }
                return !state.events.isEmpty
            }
            if isReady { waiter.resume() }
        }
        return state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
    }
}
