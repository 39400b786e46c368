/// How gently hosts are treated.
public struct PolitenessConfiguration: Sendable, Equatable {
    /// Our product token, as robots.txt files name us.
    public var agent: String
    /// The delay between the end of one request to a host and the start of the next.
    public var delay: Duration = .seconds(1)
    /// Requests in flight to one host.
    public var perHost = 1
    /// Requests in flight to one registered domain.
    public var perDomain = 4
    /// Requests in flight to one address, as far as addresses are known from earlier answers.
    public var perAddress = 8
    /// Requests in flight in all.
    public var total = 64
    /// The longest delay that a `Crawl-delay` can ask for; a longer one counts as this.
    public var maxCrawlDelay: Duration = .seconds(30)
    /// The longest delay that comes of slowness and of requests to slow down.
    public var maxDelay: Duration = .seconds(60)
    /// From which mean response time on a server counts as slow; the delay is then at least that time.
    public var slowResponse: Duration = .milliseconds(250)
    /// The first wait after a host failed or asked to slow down; it doubles with each further time in a row.
    public var firstBackoff: Duration = .seconds(2)
    /// The longest wait that a host can ask for; one that wants more is given up.
    public var maxRetryAfter: Duration = .seconds(600)
    /// After how many failures in a row a host is given up.
    public var maxFailures = 4
    /// How long a robots.txt is used (RFC 9309, 2.4: at most 24 hours).
    public var robotsLifetime: Duration = .seconds(24 * 3600)
    /// How many sites without work are remembered, robots.txt and pace included.
    public var maxIdleSites = 20_000

    /// The standard manners: one request at a time, a second apart.
    public init(agent: String) { self.agent = agent }
}
