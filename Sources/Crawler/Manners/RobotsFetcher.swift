public import Fetch

/// What a site told us of its manners, as it is kept between runs.
struct SiteFiles: Sendable {
    let origin: String
    /// Its robots.txt; empty when it has none.
    var robots: [UInt8] = []
    /// Its `tdmrep.json`; empty when it has none.
    var reservations: [UInt8] = []

    /// What both say.
    var rules: RobotsRules {
        var rules = RobotsRules(parsing: robots)
        rules.addReservations(reservations)
        return rules
    }
}

/// What came of asking a site for its manners.
public struct RobotsReply: Sendable {
    /// What may be asked for.
    public let answer: RobotsAnswer
    /// How the first request to the site itself went; nil when nothing was asked.
    public let first: FetchOutcome?
    /// How long ago that was.
    var age = Duration.zero
    /// What is worth keeping.
    var files: SiteFiles?
}

/// Asks sites for their robots.txt, and for what they reserve.
public struct RobotsFetcher: Sendable {
    /// How many redirects are followed (RFC 9309, 2.3.1.2: at least five).
    public static let maxRedirects = 5

    private let fetcher: Fetcher
    private let manners: PolitenessConfiguration

    /// Asks through a fetcher, whose address policy holds for each redirect too, with a wait between the two files.
    public init(_ fetcher: Fetcher, _ manners: PolitenessConfiguration) {
        self.fetcher = fetcher
        self.manners = manners
    }

    /// Asks for a site's robots.txt, and if that may be read for its `tdmrep.json`.
    public func fetch(_ site: Site) async -> RobotsReply {
        let (answer, body, first) = await robots(of: site)
        guard case .rules(var rules) = answer else { return RobotsReply(answer: answer, first: first) }
        var files = SiteFiles(origin: site.origin, robots: body)
        if rules.allows(path: RobotsRules.reservationsPath, agent: manners.agent) {
            let asked = rules.crawlDelay(agent: manners.agent).map { Duration.seconds(min($0, 1e6)) } ?? .zero
            let delay = max(manners.delay, min(asked, manners.maxCrawlDelay))
            if delay > .zero { try? await Task.sleep(for: delay) }
            files.reservations = await reservations(of: site)
            rules.addReservations(files.reservations)
        }
        return RobotsReply(answer: .rules(rules), first: first, files: files)
    }

    private func robots(of site: Site) async -> (answer: RobotsAnswer, body: [UInt8], first: FetchOutcome) {
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
            else { return (RobotsAnswer(outcome), outcome.successfulBody, first ?? outcome) }
            url = target.canonical
        }
        let none = FetchOutcome.failure(FetchFailure(.protocolError, url: url))
        return (.rules(RobotsRules()), [], first ?? none)
    }

    /// A site that has no such file, or hides it behind a redirect or an error, reserves nothing by it.
    private func reservations(of site: Site) async -> [UInt8] {
        await fetcher.fetch(
            FetchRequest(
                url: site.origin + RobotsRules.reservationsPath, accept: "application/json, */*;q=0.5",
                maxBodyBytes: RobotsRules.maxReservationBytes)
        ).successfulBody
    }
}

extension FetchOutcome {
    /// The body of an answer with a status of 2xx; empty for anything else.
    fileprivate var successfulBody: [UInt8] {
        guard case .response(let response) = self, (200..<300).contains(response.status) else { return [] }
        return response.body
    }
}
