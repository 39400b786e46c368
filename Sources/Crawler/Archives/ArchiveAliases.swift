internal import Foundation

/// Which addresses lead to which others, by redirects and by revisits that an archive holds: candidates name pictures
/// by the address before redirects.
struct ArchiveAliases {
    /// Numbers of addresses that lead to an address directly.
    private var sources: [Int64: [Int64]] = [:]
    private var count = 0

    /// So many are kept: 32 bytes each. Pictures behind later ones are asked for on the web.
    private static let maxCount = 1_000_000
    /// Redirects in a row, and addresses that lead to one.
    private static let maxHops = 5
    private static let maxLeading = 256

    mutating func note(_ url: WebURL, leadsTo target: WebURL) {
        let (from, to) = (frontierID(url.canonical), frontierID(target.canonical))
        guard from != to, count < Self.maxCount, sources[to, default: []].count < Self.maxLeading,
            !sources[to, default: []].contains(from)
        else { return }
        sources[to, default: []].append(from)
        count += 1
    }

    /// Everything that leads to an address, over some hops.
    func leading(to url: WebURL) -> [Int64] {
        var found: [Int64] = []
        var step = [frontierID(url.canonical)]
        for _ in 0..<Self.maxHops {
            step = step.flatMap { sources[$0] ?? [] }.filter { !found.contains($0) }
            if step.isEmpty || found.count > Self.maxLeading { break }
            found += step
        }
        return found
    }
}

/// `WARC-Date` (ISO 28500, 5.4): ISO 8601 in UTC, with a fraction of a second or without.
enum ArchiveDate {
    static func milliseconds(_ text: String) -> Int64? {
        let strategies = [false, true].map { Date.ISO8601FormatStyle(includingFractionalSeconds: $0) }
        let date = strategies.lazy.compactMap { try? Date(text, strategy: $0) }.first
        return date.map { Int64(($0.timeIntervalSince1970 * 1_000).rounded()) }
    }

    /// As WARC 1.1 has it, with milliseconds.
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
