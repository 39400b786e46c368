public import Fetch
public import Foundation

/// What politeness has to know of how a request went.
public enum TurnOutcome: Sendable, Equatable {
    /// An answer of any kind, that took so long.
    case answered(elapsed: Duration)
    /// The server asks to slow down (429, 503), perhaps for how long.
    case slowDown(retryAfter: Duration?)
    /// No answer: name, connection, time.
    case unreachable
    /// Its address may not be connected to; asking again gives no other answer.
    case forbidden
    /// No request was made, or its end says nothing about the host.
    case unused

    /// The outcome of a transfer.
    ///
    /// - Parameter now: what a date in `Retry-After` is measured from.
    public init(_ outcome: FetchOutcome, now: Date) {
        switch outcome {
        case .response(let response) where response.status == 429 || response.status == 503:
            self = .slowDown(retryAfter: response.retryAfter(now: now))
        case .response(let response):
            self = .answered(elapsed: response.elapsed)
        case .failure(let failure):
            switch failure.reason {
            case .dnsFailed, .connectionFailed, .connectionReset, .timeoutConnect, .timeoutFirstByte,
                .timeoutHeaders, .tlsFailed, .protocolError:
                self = .unreachable
            case .addressRefused: self = .forbidden
            case .timeoutTotal, .tooSlow, .bodyTooLarge, .bodyTruncated, .badEncoding, .headersTooLarge:
                self = .answered(elapsed: failure.elapsed)
            case .badURL, .badHeader, .contactMissing, .cancelled, .shutDown, .engineFailed:
                self = .unused
            }
        }
    }
}

/// Why a host is given up, by the name under which its URLs are counted.
public enum RetireReason: String, Sendable, CaseIterable, Codable {
    /// Too many failures in a row.
    case unreachable = "host_unreachable"
    /// Its name leads to an address that is refused, such as a private one.
    case addressRefused = "address_refused"
    /// It asked to slow down too many times in a row.
    case overloaded = "host_overloaded"
    /// It asked to wait longer than the crawl does.
    case retryAfterTooLong = "retry_after_too_long"
    /// Its robots.txt cannot be had, which forbids everything (RFC 9309, 2.3.1.4).
    case robotsUnreachable = "robots_unreachable"
}
