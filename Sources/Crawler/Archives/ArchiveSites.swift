internal import Fetch

/// What archived robots.txt and `tdmrep.json` files say of the sites whose pages an archive holds. A site of which nothing
/// is known allows what it was asked for: whoever made the archive asked.
struct ArchiveSites {
    private var files: [String: SiteFiles] = [:]
    private var rules: [String: RobotsRules] = [:]
    private var bytes = 0

    /// So much is kept; beyond, it begins anew.
    private static let maxBytes = 64 << 20

    /// Whether an address is that of such a file.
    func isFile(_ url: WebURL) -> Bool {
        url.path == "/robots.txt" || url.path == RobotsRules.reservationsPath
    }

    mutating func take(_ response: FetchResponse, of url: WebURL) {
        guard (200..<300).contains(response.status) else { return }
        if bytes + response.body.count > Self.maxBytes { self = ArchiveSites() }
        bytes += response.body.count + 256
        var known = files[url.origin] ?? SiteFiles(origin: url.origin)
        if url.path == "/robots.txt" {
            known.robots = response.body
        } else {
            known.reservations = response.body
        }
        files[url.origin] = known
        rules[url.origin] = known.rules
    }

    func rules(of url: WebURL) -> RobotsRules { rules[url.origin] ?? RobotsRules() }
}
