/// What one robots.txt says, by RFC 9309: who may fetch what, and what goes beyond the standard: crawl delays,
/// sitemaps and wishes about training.
///
/// Nothing in a file is an error: what cannot be read is passed over. Memory is about the size of the file, and
/// one question costs at most time in proportion to the rules of the groups concerned times the path's length.
public struct RobotsRules: Sendable {
    /// How much of a file is read, the standard's least: 500 KiB. The rest is ignored.
    public static let maxBytes = 500 << 10
    /// The largest number of sitemaps that is kept.
    public static let maxSitemaps = 1000

    /// The URLs of sitemaps, as written: they belong to the whole file.
    public internal(set) var sitemaps: [String] = []

    var patterns = RobotsPatterns()
    /// Rules of one run of agents, most specific first.
    var records: [[Rule]] = []
    var extras: [Extras] = []
    /// What the site's `tdmrep.json` says of paths.
    var reservations: [Wish] = []
    /// By product token in lower case; `*` is the token of everybody else.
    var groups: [String: Group] = [:]

    /// One `allow` or `disallow` line.
    struct Rule {
        var pattern: RobotsPatterns.Pattern
        var allows: Bool
    }

    /// What a run of agents is told beside its rules.
    struct Extras {
        var crawlDelay: Double?
        var wishes: [Wish] = []
    }

    /// Whether training is wished for, for the paths of a pattern (all when there is none).
    struct Wish {
        var pattern: RobotsPatterns.Pattern?
        var allowsTraining: Bool
        var reason: OptOut
    }

    /// All that concerns one product token: runs of agents that name it, merged.
    struct Group {
        var records: [Int] = []
        var extras: [Int] = []
    }

    /// A file without any rule: everything is allowed.
    public init() {}

    /// Reads a file: UTF-8, any line ends, at most `maxBytes` of it.
    public init(parsing file: some Collection<UInt8>) {
        var parser = RobotsParser()
        parser.parse(file)
        self = parser.finish()
    }

    /// Whether an agent may fetch a path.
    ///
    /// The longest matching rule of the agent's groups decides, `allow` on a tie; without one the answer is yes.
    ///
    /// - Parameters:
    ///   - path: path and query of the URL (`WebURL.target`), percent-encoded or not.
    ///   - agent: the crawler's product token, in any case; a version after `/` is ignored.
    public func allows(path: String, agent: String) -> Bool {
        if path == "/robots.txt" { return true }
        guard let group = group(for: agent) else { return true }
        return allows(RobotsPatterns.decode(path.utf8[...]), group)
    }

    /// Whether the file names an agent itself (not `*`) and forbids it a path: the opt-out of sites that name
    /// other crawlers for data sets, such as `CCBot` or `img2dataset`.
    public func refuses(path: String, named agent: String) -> Bool {
        guard let token = bestToken(for: agent), token != "*", let group = groups[token] else { return false }
        return !allows(RobotsPatterns.decode(path.utf8[...]), group)
    }

    /// The delay between requests that the agent's groups ask for, in seconds; the longest when there are
    /// several. Not part of the standard.
    public func crawlDelay(agent: String) -> Double? {
        group(for: agent)?.extras.compactMap { extras[$0].crawlDelay }.max()
    }

    /// The wish against training that holds for a path: `tdm_reservation`, `content_signal` or `content_usage`; `nil`
    /// for none. The longest matching pattern decides, the refusal on a tie.
    public func trainingOptOut(path: String, agent: String) -> OptOut? {
        let wishes = group(for: agent)?.extras.flatMap { extras[$0].wishes } ?? []
        guard !wishes.isEmpty || !reservations.isEmpty else { return nil }
        let path = RobotsPatterns.decode(path.utf8[...])
        return optOut(among: reservations, path) ?? optOut(among: wishes, path)
    }

    private func optOut(among wishes: [Wish], _ path: [UInt8]) -> OptOut? {
        var decision: (length: Int, wish: Wish)?
        for wish in wishes {
            let length = wish.pattern?.length ?? 0
            if let best = decision, best.length > length || (best.length == length && wish.allowsTraining) {
                continue
            }
            guard wish.pattern.map({ patterns.matches($0, path) }) ?? true else { continue }
            decision = (length, wish)
        }
        return decision.flatMap { $0.wish.allowsTraining ? nil : $0.wish.reason }
    }

    private func allows(_ path: [UInt8], _ group: Group) -> Bool {
        var best: Rule?
        for rule in group.records.lazy.compactMap({ decidingRule(records[$0], path) }) {
            if let best,
                (best.pattern.length, best.allows ? 1 : 0) >= (rule.pattern.length, rule.allows ? 1 : 0)
            {
                continue
            }
            best = rule
        }
        return best?.allows ?? true
    }

    private func decidingRule(_ rules: [Rule], _ path: [UInt8]) -> Rule? {
        rules.first { patterns.matches($0.pattern, path) }
    }

    private func group(for agent: String) -> Group? { bestToken(for: agent).flatMap { groups[$0] } }

    /// The longest token of the file that the agent's own begins with, as Google's rule has it (the standard
    /// asks for equality, and a file that names `wit` means `wit-images` too); else `*`.
    private func bestToken(for agent: String) -> String? {
        // Many sites have no robots.txt, or none that concerns anybody.
        if groups.isEmpty { return nil }
        var token = RobotsRules.productToken(of: agent)
        while !token.isEmpty {
            if groups[token] != nil { return token }
            token.removeLast()
        }
        return groups["*"] == nil ? nil : "*"
    }

    /// The product token of a user agent: what comes before its version, in lower case.
    static func productToken(of agent: String) -> String {
        String(agent.prefix { !$0.isWhitespace && $0 != "/" }).lowercased()
    }
}
