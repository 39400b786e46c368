/// Bounds that the frontier itself keeps.
struct FrontierLimits: Sendable {
    /// Steps from a seed that are followed; nil for all.
    var maxDepth: Int?
    /// Redirects in a row (RFC 9110 leaves it open; browsers follow 20, 5 suffice for honest pages).
    var maxHops = 5
    /// How often a URL is asked for before its failure is final.
    var maxTries = 3
    /// Pages of one host, so that a trap does not fill the disk.
    var maxPagesPerHost = 1_000_000
    /// Pages with the same bytes that are followed, wherever they stand: mirrors, and traps that say the same for ever.
    var maxCopies = 4
    /// Lines of the log that are kept, the newest.
    var maxDecisions = 1_000_000
    /// How long a host that was given up rests.
    var retirement = Duration.seconds(24 * 3_600)
    /// Pictures that failed in ways that may heal are asked for once more.
    var retriesFailed = false
    /// Pages that were read longer ago are asked for again, conditionally; nil for none.
    var refreshAfter: Duration?
}
