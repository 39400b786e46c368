internal import Synchronization

/// Joins a task's cancellation to its transfer, whichever comes first.
final class Ticket: Sendable {
    private enum State {
        case open
        case issued(Transfer)
        case cancelled
    }

    private let state = Mutex(State.open)

    /// The transfer exists now; whether it was cancelled before.
    func issue(_ transfer: Transfer) -> Bool {
        state.withLock { state in
            if case .cancelled = state { return true }
            state = .issued(transfer)
            return false
        }
    }

    /// The task is cancelled; its transfer, if there is one yet.
    func cancel() -> Transfer? {
        state.withLock { state in
            defer { state = .cancelled }
            if case .issued(let transfer) = state { return transfer }
            return nil
        }
    }
}
