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
