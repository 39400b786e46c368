/// One origin on the web, with the names that politeness counts it under.
public struct Site: Hashable, Sendable {
    /// Scheme, host and port: what one robots.txt speaks for.
    public let origin: String
    /// The host: what a delay and a limit of requests in flight are for, whatever the scheme and port.
    public let host: String
    /// The registered domain, limited on its own account: it may have ten thousand sub-domains.
    public let domain: String

    /// The site of a URL.
    public init(_ url: WebURL) {
        origin = url.origin
        host = url.host
        domain = url.registeredDomain
    }

    /// Equal by origin, which determines the rest.
    public static func == (a: Site, b: Site) -> Bool { a.origin == b.origin }

    /// Hashes the origin.
    public func hash(into hasher: inout Hasher) { hasher.combine(origin) }
}
