/// Which addresses a crawl goes to: scope, blocklist and traps. It looks at the address alone, so the answer does not
/// depend on what was met before.
struct LinkPolicy: Sendable {
    private let scope: CrawlScope
    private let imageScope: CrawlScope
    private let blocklist: Blocklist
    private let hosts: Set<String>
    private let domains: Set<String>

    init(_ configuration: CrawlConfiguration, seeds: [WebURL]) {
        scope = configuration.scope
        imageScope = configuration.imageScope
        blocklist = configuration.blocklist
        hosts = Set(seeds.map(\.host))
        domains = Set(seeds.map(\.registeredDomain))
    }

    /// Why a page is left out; nil when it may be asked for.
    func fault(ofPage url: WebURL) -> DropReason? {
        if !isWithin(scope, url) { return .linkOutOfScope }
        if blocklist.blocks(url) { return .linkBlocked }
        return TrapRules.isTrap(url) ? .linkTrap : nil
    }

    /// Why a picture is left out; nil when it may be asked for.
    func fault(ofImage url: WebURL) -> DropReason? {
        if !isWithin(imageScope, url) { return .imageOutOfScope }
        return blocklist.blocks(url) ? .imageBlocked : nil
    }

    private func isWithin(_ scope: CrawlScope, _ url: WebURL) -> Bool {
        switch scope {
        case .any: true
        case .host: hosts.contains(url.host)
        case .domain: domains.contains(url.registeredDomain)
        }
    }
}

/// Signs of addresses that a server makes up without end: calendars, session ids in paths, relative links that pile
/// up. Heritrix's rules, with its bounds rounded up.
enum TrapRules {
    static let maxBytes = 2_048
    static let maxSegments = 24
    /// Parameters of a query; faceted searches combine them without end.
    static let maxParameters = 16
    /// How often one segment may stand in a path, and a run of segments in a row.
    static let maxRepeats = 3

    static func isTrap(_ url: WebURL) -> Bool {
        let target = url.target
        if target.utf8.count > maxBytes { return true }
        if let query = url.query, query.utf8.count(where: { $0 == UInt8(ascii: "&") }) >= maxParameters {
            return true
        }
        let segments = url.path.utf8.split(separator: UInt8(ascii: "/"))
        if segments.count > maxSegments { return true }
        guard segments.count > maxRepeats else { return false }
        var uses: [[UInt8]: Int] = [:]
        for segment in segments {
            uses[Array(segment), default: 0] += 1
            if uses[Array(segment), default: 0] > maxRepeats { return true }
        }
        return false
    }
}
