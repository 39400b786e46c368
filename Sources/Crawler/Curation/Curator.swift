internal import PairStore
internal import QueryBank

/// Chooses the candidates of a page: for each picture the best text that matches a query.
struct Curator: Sendable {
    let bank: QueryBank
    let sources: Set<TextSource>
    let policy: LinkPolicy
    /// The part of an import that this run takes; nil for all.
    var partition: Partition?
    /// The priority of a candidate under the store's seed.
    let priority: @Sendable (_ imageURL: String, _ text: String) -> Priority

    /// The candidates among a page's offers; the rest is counted.
    func candidates(of page: Page, drops: inout [DropReason: Int]) -> [OfferedCandidate] {
        var out: [OfferedCandidate] = []
        for offer in page.offers {
            switch candidate(offer) {
            case .success(let candidate): out.append(candidate)
            case .failure(let drop): drops[drop.reason, default: 0] += 1
            }
        }
        return out
    }

    /// The candidate that an offer is, or why it is none.
    func candidate(_ offer: ImageOffer) -> Result<OfferedCandidate, Dropped> {
        let texts = offer.texts.filter { sources.contains($0.source) }
        if texts.isEmpty { return .failure(Dropped(.pairNoText)) }
        if let fault = policy.fault(ofImage: offer.url) { return .failure(Dropped(fault)) }
        return candidate(QueuedURL(offer.url), host: offer.url.host, texts: texts)
    }

    /// The candidate that a picture without an address is, which belongs to no host: partitions tell it by its name.
    func candidate(unaddressed image: QueuedURL, texts: [RankedText]) -> Result<OfferedCandidate, Dropped> {
        texts.isEmpty ? .failure(Dropped(.pairNoText)) : candidate(image, host: image.url, texts: texts)
    }

    /// The candidate that a picture is with the first of its texts that matches a query.
    private func candidate(
        _ image: QueuedURL, host: String, texts: [RankedText]
    ) -> Result<OfferedCandidate, Dropped> {
        if let partition, !partition.holds(host: host) { return .failure(Dropped(.imageOtherPartition)) }
        for text in texts {
            let queries = bank.match(text.text)
            guard !queries.isEmpty else { continue }
            return .success(
                OfferedCandidate(
                    image: image, key: CandidateKey(imageURL: image.url, text: text.text), text: text.text,
                    source: text.source, queries: queries, u: priority(image.url, text.text).u))
        }
        return .failure(Dropped(.pairNoQuery))
    }
}

/// A reason on its way through a `Result`.
struct Dropped: Error {
    let reason: DropReason
    init(_ reason: DropReason) { self.reason = reason }
}
