internal import GRDB
public import PairStore
internal import QueryBank

/// Queues pictures for a crawl that has not met their pages: candidates that another store's log names.
public struct ImageQueue {
    private let path: String

    /// Puts them into `crawl.sqlite` at `path`, which need not exist; no crawl may be at work.
    public init(_ path: String) { self.path = path }

    /// Gives how many candidates are new there; the others, and those with addresses of no kind, are passed over.
    public func add(_ candidates: [Candidate]) throws -> Int {
        do {
            let queue = try FrontierSchema.open(path)
            let added = try queue.writeWithoutTransaction { database in
                var added = 0
                try database.inTransaction(.immediate) {
                    let step = FrontierTransaction(
                        database: database, state: try Frontier.state(database), limits: FrontierLimits(),
                        sink: AllWelcome(), now: 0)
                    let before = step.state.counters[Frontier.candidatesOffered] ?? 0
                    try step.offer(candidates.lazy.compactMap(offer))
                    added = Int((step.state.counters[Frontier.candidatesOffered] ?? 0) - before)
                    try step.finish()
                    return .commit
                }
                _ = try database.checkpoint(.truncate)
                return added
            }
            try queue.close()
            return added
        } catch let error as DatabaseError {
            throw CrawlerError(error, path)
        }
    }

    private func offer(_ candidate: Candidate) -> FeedOffer? {
        guard let image = WebURL(candidate.imageURL),
            let source = TextSource(rawValue: candidate.textSource)
        else { return nil }
        let origin = WebURL(candidate.pageURL).map { CandidateOrigin($0) }
        let key = CandidateKey(imageURL: candidate.imageURL, text: candidate.text)
        let offered = OfferedCandidate(
            image: QueuedURL(image), key: key, text: candidate.text, source: source,
            queries: candidate.queries, u: candidate.u, extra: candidate.extra)
        return FeedOffer(candidate: offered, origin: origin ?? CandidateOrigin(list: candidate.pageURL))
    }
}

/// Whoever queues has asked the rule and written the log.
private struct AllWelcome: CandidateSink {
    func note(_ candidate: Candidate) throws {}
    func flush() throws {}
    func mayClaim(_ candidate: OfferedCandidate) -> Bool { true }
}
