/// What came of one request: an answer with any status, or a reason why there is none.
public enum FetchOutcome: Sendable {
    /// The server answered; the status may be anything.
    case response(FetchResponse)
    /// There is no answer that may be used.
    case failure(FetchFailure)

    /// Whether asking again later may give another outcome.
    public var isTransient: Bool {
        switch self {
        case .response(let response): response.isTransient
        case .failure(let failure): failure.isTransient
        }
    }
}

/// A server's answer to one request.
public struct FetchResponse: Sendable {
    /// The URL that was asked for.
    public var url: String
    /// The HTTP status, 200–599.
    public var status: Int
    /// The header fields of the final answer; those of 1xx answers and trailers are not kept.
    public var headers: HTTPHeaders
    /// The body, decompressed.
    public var body: [UInt8]
    /// Whether the body is known to be incomplete: cut at the limit, or (for a status other than 2xx, whose body
    /// matters little) ended early by a failure.
    public var isBodyTruncated: Bool
    /// The absolute http or https URL of the `Location` of a 3xx answer; nothing has been asked of it.
    public var redirectTarget: String?
    /// The address that answered.
    public var remoteAddress: IPAddress?
    /// The time from the start of the transfer to its end.
    public var elapsed: Duration

    /// An answer put together by hand, as tests and archives do.
    public init(
        url: String, status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [],
        isBodyTruncated: Bool = false, redirectTarget: String? = nil, remoteAddress: IPAddress? = nil,
        elapsed: Duration = .zero
    ) {
        self.url = url
        self.status = status
        self.headers = headers
        self.body = body
        self.isBodyTruncated = isBodyTruncated
        self.redirectTarget = redirectTarget
        self.remoteAddress = remoteAddress
        self.elapsed = elapsed
    }

    /// Statuses that say that asking again later may help (RFC 9110; 425 is RFC 8470's, 429 RFC 6585's).
    public static let transientStatuses = [408, 425, 429, 500, 502, 503, 504]

    /// Whether the status says that asking again later may help.
    public var isTransient: Bool { Self.transientStatuses.contains(status) }
}

/// Why a request has no answer.
public struct FetchFailure: Error, Sendable {
    /// The stable names under which failures are counted.
    public enum Reason: String, Sendable, CaseIterable, Codable {
        /// Not an absolute http or https URL, too long, or with a user name.
        case badURL = "bad_url"
        /// A request header that could break out of its line.
        case badHeader = "bad_header"
        /// All addresses of the host are refused by the policy.
        case addressRefused = "address_refused"
        /// The user agent names no contact and the host is not this machine.
        case contactMissing = "contact_missing"
        /// The host's name has no address.
        case dnsFailed = "dns_failed"
        /// No connection: refused, unreachable or reset before a byte was received.
        case connectionFailed = "connection_failed"
        /// The connection ended within the answer's header.
        case connectionReset = "connection_reset"
        /// The TLS handshake failed, or the certificate does not hold.
        case tlsFailed = "tls_failed"
        /// No connection within the limit; name lookup and TLS included.
        case timeoutConnect = "timeout_connect"
        /// No byte of an answer within the limit.
        case timeoutFirstByte = "timeout_first_byte"
        /// The answer's header began but did not end within the limit.
        case timeoutHeaders = "timeout_headers"
        /// The transfer did not end within the limit.
        case timeoutTotal = "timeout_total"
        /// The body arrives more slowly than the lowest speed.
        case tooSlow = "too_slow"
        /// The body, after decompression, is larger than the request takes.
        case bodyTooLarge = "body_too_large"
        /// The connection, or the sense of its chunks, ended before the body did.
        case bodyTruncated = "body_truncated"
        /// A content encoding that is unknown or broken.
        case badEncoding = "bad_encoding"
        /// The header has too many bytes or too many fields.
        case headersTooLarge = "headers_too_large"
        /// Not HTTP, or HTTP/0.9.
        case protocolError = "protocol_error"
        /// The task that asked was cancelled.
        case cancelled = "cancelled"
        /// The fetcher was shut down.
        case shutDown = "shut_down"
        /// libcurl failed for a reason of this machine, such as memory.
        case engineFailed = "engine_failed"
    }

    /// The name of the failure.
    public var reason: Reason
    /// The URL that was asked for.
    public var url: String
    /// What was seen, for a person.
    public var detail: String
    /// The address that was connected to, if the transfer got so far.
    public var remoteAddress: IPAddress?
    /// The time from the start of the transfer to its failure.
    public var elapsed: Duration

    /// A failure of a URL.
    public init(
        _ reason: Reason, url: String, detail: String = "", remoteAddress: IPAddress? = nil,
        elapsed: Duration = .zero
    ) {
        self.reason = reason
        self.url = url
        self.detail = detail
        self.remoteAddress = remoteAddress
        self.elapsed = elapsed
    }

    /// Whether asking again later may help.
    public var isTransient: Bool { reason.isTransient }
}

extension FetchFailure.Reason {
    /// Whether asking again later may help: the network's failures may heal, refusals and limits do not.
    public var isTransient: Bool {
        switch self {
        case .dnsFailed, .connectionFailed, .connectionReset, .timeoutConnect, .timeoutFirstByte,
            .timeoutHeaders, .timeoutTotal, .tooSlow, .bodyTruncated, .engineFailed:
            true
        case .badURL, .badHeader, .addressRefused, .contactMissing, .tlsFailed, .bodyTooLarge, .badEncoding,
            .headersTooLarge, .protocolError, .cancelled, .shutDown:
            false
        }
    }
}

extension FetchFailure: CustomStringConvertible {
    /// One line for a person: the reason, what was seen, and the URL.
    public var description: String {
        let shown = url.utf8.count > 200 ? "\(url.prefix(200))…" : url
        return detail.isEmpty ? "\(reason.rawValue): \(shown)" : "\(reason.rawValue): \(detail): \(shown)"
    }
}
