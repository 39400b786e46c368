internal import PairStore
internal import QueryBank

/// What the frontier asks of the store while it takes a page in.
protocol CandidateSink: Sendable {
    /// Notes a candidate that was offered for the first time.
    func note(_ candidate: Candidate) throws
    /// Makes what was noted durable; called before the transaction that relies on it commits.
    func flush() throws
    /// Whether balance may still have room.
    func mayClaim(_ candidate: OfferedCandidate) -> Bool
}

/// The store as the sink of candidates.
struct StoreSink: CandidateSink {
    let store: StoreWriter

    func note(_ candidate: Candidate) throws { try store.logCandidate(candidate) }

    func flush() throws { try store.flushCandidates() }

    func mayClaim(_ candidate: OfferedCandidate) -> Bool {
        let priority = Priority(u: candidate.u, imageURL: candidate.image.url, text: candidate.text)
        return store.mayClaim(priority, queries: candidate.queries)
    }
}
