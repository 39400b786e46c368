internal import Fetch

/// How fast one host may be asked, from how it answered so far: a state machine without clock or chance.
struct HostPace: Sendable {
    /// What the host's last answer asks for.
    enum Advice: Equatable {
        /// The next request may follow after this wait.
        case wait(Duration)
        case giveUp(RetireReason)
    }

    /// What its robots.txt asks for.
    var crawlDelay: Duration?
    private var meanResponse: Duration?
    private var failures = 0
    private var slowDowns = 0
    /// Doubles when the server asks to slow down and shrinks with each answer, so that the pace is found again
    /// from below.
    private var penalty = 1.0

    /// The delay between requests while all is well.
    func delay(_ configuration: PolitenessConfiguration) -> Duration {
        var delay = max(configuration.delay, min(crawlDelay ?? .zero, configuration.maxCrawlDelay))
        if let meanResponse, meanResponse >= configuration.slowResponse { delay = max(delay, meanResponse) }
        if penalty > 1 { delay = max(delay, configuration.slowResponse) * penalty }
        return min(delay, max(configuration.maxDelay, configuration.delay))
    }

    /// Takes in how a request went.
    ///
    /// - Parameter jitter: a random number in 0..<1.
    mutating func advise(
        _ outcome: TurnOutcome, _ configuration: PolitenessConfiguration, jitter: Double
    ) -> Advice {
        switch outcome {
        case .forbidden: return .giveUp(.addressRefused)
        case .unused:
            return .wait(.zero)
        case .answered(let elapsed):
            failures = 0
            slowDowns = 0
            penalty = max(1, penalty * 0.9)
            meanResponse = meanResponse.map { $0 * 0.7 + elapsed * 0.3 } ?? elapsed
            return .wait(delay(configuration))
        case .slowDown(let retryAfter):
            slowDowns += 1
            penalty = min(16, penalty * 2)
            if let retryAfter, retryAfter > configuration.maxRetryAfter { return .giveUp(.retryAfterTooLong) }
            if slowDowns > configuration.maxFailures { return .giveUp(.overloaded) }
            let wait = backoff(slowDowns, configuration, jitter)
            return .wait(max(wait, retryAfter ?? .zero, delay(configuration)))
        case .unreachable:
            failures += 1
            if failures >= configuration.maxFailures { return .giveUp(.unreachable) }
            return .wait(max(backoff(failures, configuration, jitter), delay(configuration)))
        }
    }

    private func backoff(_ times: Int, _ configuration: PolitenessConfiguration, _ jitter: Double) -> Duration
    {
        RetryPolicy(
            maxAttempts: .max, firstDelay: configuration.firstBackoff, maxDelay: configuration.maxRetryAfter
        ).backoff(attempt: times, jitter: jitter)
    }
}
