public import Fetch

/// What came of asking for a robots.txt (RFC 9309, 2.3.1).
public enum RobotsAnswer: Sendable {
    /// There is one, or there is none and everything is allowed (status 4xx, too many redirects).
    case rules(RobotsRules)
    /// It cannot be had now, so nothing is allowed: status 5xx or 429, or no answer.
    case unreachable

    /// The answer that a transfer's outcome means, redirects not looked at.
    public init(_ outcome: FetchOutcome) {
        guard case .response(let response) = outcome else {
            self = .unreachable
            return
        }
        switch response.status {
        case 200..<300: self = .rules(RobotsRules(parsing: response.body))
        // The server says that it is overloaded, not that it has no rules.
        case 429, 500...: self = .unreachable
        default: self = .rules(RobotsRules())
        }
    }
}

/// Asks sites for their robots.txt.
public struct RobotsFetcher: Sendable {
    /// How many redirects are followed (RFC 9309, 2.3.1.2: at least five).
    public static let maxRedirects = 5

    private let fetcher: Fetcher

    /// Asks through a fetcher, whose address policy holds for each redirect too.
    public init(_ fetcher: Fetcher) { self.fetcher = fetcher }

    /// Asks for a site's robots.txt and gives the answer, how the first request to the site itself went, and the
    /// address that gave it.
    public func fetch(_ site: Site) async -> (answer: RobotsAnswer, first: FetchOutcome) {
        var url = site.origin + "/robots.txt"
        var first: FetchOutcome?
        for _ in 0...RobotsFetcher.maxRedirects {
            let outcome = await fetcher.fetch(
                FetchRequest(
                    url: url, accept: "text/plain, */*;q=0.5", maxBodyBytes: RobotsRules.maxBytes,
                    overflow: .truncate))
            first = first ?? outcome
            guard case .response(let response) = outcome, (300..<400).contains(response.status),
                let target = response.redirectTarget.flatMap({ WebURL($0) })
            else { return (RobotsAnswer(outcome), first ?? outcome) }
            url = target.canonical
        }
        let none = FetchOutcome.failure(FetchFailure(.protocolError, url: url))
        return (.rules(RobotsRules()), first ?? none)
    }
}
