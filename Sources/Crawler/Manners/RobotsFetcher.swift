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
    /// What was asked for, in order, with how it went: the first request is to the site itself. Empty when nothing was.
    public let requests: [(url: String, outcome: FetchOutcome)]
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
        var requests: [(url: String, outcome: FetchOutcome)] = []
        let (answer, body) = await robots(of: site, &requests)
        guard case .rules(var rules) = answer else { return RobotsReply(answer: answer, requests: requests) }
        var files = SiteFiles(origin: site.origin, robots: body)
        if rules.allows(path: RobotsRules.reservationsPath, agent: manners.agent) {
            let asked = rules.crawlDelay(agent: manners.agent).map { Duration.seconds(min($0, 1e6)) } ?? .zero
            let delay = max(manners.delay, min(asked, manners.maxCrawlDelay))
            if delay > .zero { try? await Task.sleep(for: delay) }
            files.reservations = await reservations(of: site, &requests)
            rules.addReservations(files.reservations)
        }
        return RobotsReply(answer: .rules(rules), requests: requests, files: files)
    }

    private func robots(
        of site: Site, _ requests: inout [(url: String, outcome: FetchOutcome)]
    ) async -> (answer: RobotsAnswer, body: [UInt8]) {
        var url = site.origin + "/robots.txt"
        for _ in 0...RobotsFetcher.maxRedirects {
            let outcome = await fetcher.fetch(
                FetchRequest(
                    url: url, accept: "text/plain, */*;q=0.5", maxBodyBytes: RobotsRules.maxBytes,
                    overflow: .truncate))
            requests.append((url, outcome))
            guard case .response(let response) = outcome, (300..<400).contains(response.status),
                let target = response.redirectTarget.flatMap({ WebURL($0) })
            else { return (RobotsAnswer(outcome), outcome.successfulBody) }
            url = target.canonical
        }
        return (.rules(RobotsRules()), [])
    }

    /// A site that has no such file, or hides it behind a redirect or an error, reserves nothing by it.
    private func reservations(
        of site: Site, _ requests: inout [(url: String, outcome: FetchOutcome)]
    ) async -> [UInt8] {
        let url = site.origin + RobotsRules.reservationsPath
        let outcome = await fetcher.fetch(
            FetchRequest(
                url: url, accept: "application/json, */*;q=0.5", maxBodyBytes: RobotsRules.maxReservationBytes
            ))
        requests.append((url, outcome))
        return outcome.successfulBody
    }
}

extension FetchOutcome {
    /// The body of an answer with a status of 2xx; empty for anything else.
    fileprivate var successfulBody: [UInt8] {
        guard case .response(let response) = self, (200..<300).contains(response.status) else { return [] }
        return response.body
    }
}
