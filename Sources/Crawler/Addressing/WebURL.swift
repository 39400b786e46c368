/// An absolute http or https URL, parsed and serialised by the WHATWG URL standard.
///
/// One ASCII string with the places of its parts: cheap to keep by the million. URLs of other schemes are not
/// represented. Queries are encoded as UTF-8 whatever the page's encoding.
public struct WebURL: Hashable, Sendable {
    /// The longest URL that is accepted, in bytes, as written and as serialised.
    public static let maxBytes = 8 << 10

    /// The whole URL as the standard serialises it.
    public let href: String
    let parts: Parts

    /// Where the parts of a serialised URL are: byte offsets. The scheme and `://` come first.
    struct Parts: Hashable, Sendable {
        var schemeEnd: Int32 = 0
        var usernameEnd: Int32 = 0
        /// After the `@`, or after `//`.
        var hostStart: Int32 = 0
        var hostEnd: Int32 = 0
        var pathStart: Int32 = 0
        /// At the `?`; equal to `queryEnd` when there is no query.
        var pathEnd: Int32 = 0
        var queryEnd: Int32 = 0
        /// The port when it is not the scheme's own.
        var port: UInt16?
    }

    /// Parses a URL, as it stands or against a base; `nil` for what is no URL, is too long, or has another scheme.
    public init?(_ text: String, relativeTo base: WebURL? = nil) {
        var text = text
        guard let result = text.withUTF8({ URLParser.parse($0, base: base) }) else { return nil }
        href = String(decoding: result.out, as: UTF8.self)
        parts = result.parts
    }

    /// Equal by the serialised form.
    public static func == (a: WebURL, b: WebURL) -> Bool { a.href == b.href }

    /// Hashes the serialised form.
    public func hash(into hasher: inout Hasher) { hasher.combine(href) }

    /// `http` or `https`.
    public var scheme: String { slice(0, parts.schemeEnd) }

    /// The user name, percent-encoded; empty when there is none.
    public var username: String {
        parts.usernameEnd > parts.schemeEnd + 3 ? slice(parts.schemeEnd + 3, parts.usernameEnd) : ""
    }

    /// The password, percent-encoded; empty when there is none.
    public var password: String {
        parts.hostStart > parts.usernameEnd + 1 ? slice(parts.usernameEnd + 1, parts.hostStart - 1) : ""
    }

    /// The host in lower case: an ASCII domain, dotted IPv4, or IPv6 in brackets. Never empty.
    public var host: String { slice(parts.hostStart, parts.hostEnd) }

    /// The port, if it is written and not the scheme's own.
    public var explicitPort: Int? { parts.port.map(Int.init) }

    /// The port that is connected to.
    public var port: Int { explicitPort ?? (parts.schemeEnd == 5 ? 443 : 80) }

    /// The path, percent-encoded, beginning with a slash.
    public var path: String { slice(parts.pathStart, parts.pathEnd) }

    /// The query without its `?`; empty when it is written empty, `nil` when there is none.
    public var query: String? {
        parts.queryEnd > parts.pathEnd ? slice(parts.pathEnd + 1, parts.queryEnd) : nil
    }

    /// The fragment without its `#`; `nil` when there is none.
    public var fragment: String? {
        let end = Int32(href.utf8.count)
        return end > parts.queryEnd ? slice(parts.queryEnd + 1, end) : nil
    }

    /// Path and query: what a request line asks for, and what robots.txt rules are matched with.
    public var target: String { slice(parts.pathStart, parts.queryEnd) }

    /// Scheme, host and port, as in `https://example.org:8443`: what one robots.txt speaks for.
    public var origin: String { slice(0, parts.schemeEnd + 3) + slice(parts.hostStart, parts.pathStart) }

    private func slice(_ start: Int32, _ end: Int32) -> String {
        let bytes = href.utf8
        let from = bytes.index(bytes.startIndex, offsetBy: Int(start))
        let to = bytes.index(bytes.startIndex, offsetBy: Int(end))
        return String(href[from..<to])
    }
}

extension WebURL: CustomStringConvertible {
    /// The whole URL.
    public var description: String { href }
}
