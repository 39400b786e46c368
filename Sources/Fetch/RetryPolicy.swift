/// When to ask again: only what can heal, later each time, with jitter so that many clients do not return at once.
public struct RetryPolicy: Sendable, Equatable {
    /// How many times a URL is asked for in all, at least once.
    public var maxAttempts: Int
    /// The wait before the second attempt; it doubles for each further one.
    public var firstDelay: Duration
    /// The longest wait, `Retry-After` included: a server that wants more is not asked again.
    public var maxDelay: Duration

    /// Three attempts, waits of about 1 and 2 seconds.
    public init(maxAttempts: Int = 3, firstDelay: Duration = .seconds(1), maxDelay: Duration = .seconds(60)) {
        self.maxAttempts = max(1, maxAttempts)
        self.firstDelay = firstDelay
        self.maxDelay = maxDelay
    }

    /// How long to wait before the next attempt, or `nil` when the outcome is final.
    ///
    /// - Parameters:
    ///   - attempt: how many attempts were made, from 1.
    ///   - retryAfter: the wait that the server asked for.
    ///   - jitter: a random number in 0..<1; the wait is between half of the backoff and all of it.
    public func delay(
        after outcome: FetchOutcome, attempt: Int, retryAfter: Duration? = nil, jitter: Double
    ) -> Duration? {
        guard outcome.isTransient, attempt < maxAttempts else { return nil }
        if let retryAfter, retryAfter > maxDelay { return nil }
        return max(backoff(attempt: attempt, jitter: jitter), retryAfter ?? .zero)
    }

    /// The wait after the given number of attempts, from 1, before any wish of the server.
    public func backoff(attempt: Int, jitter: Double) -> Duration {
        let doublings = min(max(attempt, 1) - 1, 30)
        return min(firstDelay * (1 << doublings), maxDelay) * (0.5 + 0.5 * min(max(jitter, 0), 1))
    }
}
