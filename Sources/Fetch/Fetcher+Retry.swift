internal import Foundation

extension Fetcher {
    /// Asks for a URL, and again after a while as the configuration's retry policy says; the last outcome counts.
    ///
    /// For callers that owe no host a delay of their own: a crawl puts a URL back in its queue instead.
    public func fetch(retrying request: FetchRequest) async -> FetchOutcome {
        var attempt = 1
        while true {
            let outcome = await fetch(request)
            var retryAfter: Duration?
            if case .response(let response) = outcome { retryAfter = response.retryAfter(now: Date()) }
            let wait = configuration.retry.delay(
                after: outcome, attempt: attempt, retryAfter: retryAfter, jitter: .random(in: 0..<1))
            guard let wait, (try? await Task.sleep(for: wait)) != nil else { return outcome }
            attempt += 1
        }
    }
}
