internal import Fetch

/// Watches whether any seed can be reached at all, so that a mistyped address is told at once and not after all
/// patience is spent.
struct FirstContact {
    /// Something was reached, now or in an earlier run.
    var isMade = false
    private var waiting: Set<String>

    init(seeds: [WebURL]) { waiting = Set(seeds.map(\.origin)) }

    /// Takes in how the first request to a site went; the failure when no seed can be reached.
    mutating func note(_ site: Site, _ outcome: FetchOutcome) -> CrawlerError? {
        guard !isMade, waiting.contains(site.origin) else { return nil }
        guard case .failure(let failure) = outcome, failure.reason != .cancelled, failure.reason != .shutDown
        else {
            isMade = true
            return nil
        }
        waiting.remove(site.origin)
        guard waiting.isEmpty else { return nil }
        return CrawlerError(
            .unreachable, site.origin,
            "cannot be reached (\(failure)); check the address and the network".oneLine)
    }
}

extension String {
    /// The text without line breaks.
    var oneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}
