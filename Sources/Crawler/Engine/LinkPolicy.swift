internal import Synchronization

/// Which addresses a crawl goes to: scope, blocklist and traps. But for seeds that lead elsewhere it looks at the address
/// alone, so the answer does not depend on what was met before.
final class LinkPolicy: Sendable {
    private let scope: CrawlScope
    private let imageScope: CrawlScope
    private let blocklist: Blocklist
    private let home = Mutex(Home())

    private struct Home {
        var hosts: Set<String> = []
        var domains: Set<String> = []
    }

    init(_ configuration: CrawlConfiguration, seeds: [WebURL]) {
        scope = configuration.scope
        imageScope = configuration.imageScope
        blocklist = configuration.blocklist
        for seed in seeds { welcome(seed) }
    }

    /// Takes an address's host into the scope: that of a seed, or of where a seed redirects to (`example.org` that moved
    /// to `www.example.com`), for that is the site that was meant.
    func welcome(_ url: WebURL) {
        home.withLock { home in
            home.hosts.insert(url.host)
            home.domains.insert(url.registeredDomain)
        }
    }

    /// Whether an address is on a host that a seed names, or leads to.
    func isHome(_ url: WebURL) -> Bool { home.withLock { $0.hosts.contains(url.host) } }

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
        case .host: home.withLock { $0.hosts.contains(url.host) }
        case .domain: home.withLock { $0.domains.contains(url.registeredDomain) }
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
        var href = url.href
        let parts = url.parts
        return href.withUTF8 { bytes in
            let path = bytes[Int(parts.pathStart)..<Int(parts.pathEnd)]
            let query = bytes[Int(parts.pathEnd)..<Int(parts.queryEnd)]
            if path.count + query.count > maxBytes { return true }
            if query.count(where: { $0 == UInt8(ascii: "&") }) >= maxParameters { return true }
            return hasTooManySegments(path)
        }
    }

    /// Too many segments, or one of them too often.
    private static func hasTooManySegments(_ path: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let slashes = path.count { $0 == UInt8(ascii: "/") }
        guard slashes > maxRepeats else { return false }
        let segments = path.split(separator: UInt8(ascii: "/"))
        if segments.count > maxSegments { return true }
        return segments.contains { segment in
            segments.count { $0.elementsEqual(segment) } > maxRepeats
        }
    }
}
