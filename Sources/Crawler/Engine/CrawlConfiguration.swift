public import Decode
public import Digest
public import Fetch

/// Which pages a crawl follows links to.
public enum CrawlScope: String, Sendable, Codable, CaseIterable {
    /// Pages of the seeds' own hosts.
    case host
    /// Pages of the domains that the seeds' owners registered, all sub-domains included.
    case domain
    /// Any page.
    case any
}

/// What a picture must be like to be kept; FACTS.md lists what other data sets ask for.
public struct ImageFilters: Sendable, Equatable {
    /// The shortest side, in pixels. Default 64: below, a picture is an icon.
    public var minSide = 64
    /// The longest shape, long side over short. Default 3 (COYO-700M, DataComp).
    public var maxAspect = 3.0
    /// The smallest file, in bytes. Default 1,000: below, a picture of 64 pixels shows next to nothing.
    public var minBytes = 1_000
    /// The largest file, in bytes. Default 16 MiB.
    public var maxBytes = 16 << 20
    /// The most pixels. Default 100 million.
    public var maxPixels = 100_000_000

    /// The default filters.
    public init() {}
}

/// How far a picture's bytes are looked at before they are kept.
public enum PictureCheck: String, Sendable, Codable, CaseIterable {
    /// All are decoded: what is damaged is left out, and how the picture looks is hashed.
    case whole
    /// Only the header: format and size. Damaged pictures are kept, and how they look is not known.
    case header
}

/// What a crawl is to do: where, how far, how gently, and what it keeps.
public struct CrawlConfiguration: Sendable {
    /// Where to start: absolute http or https addresses.
    public var seeds: [String]
    /// Who asks, as `wit/1.0 (+https://example.org/about)`; the part before the slash is the name that robots.txt
    /// files address us by.
    public var userAgent: String
    /// Which pages links are followed to.
    public var scope = CrawlScope.host
    /// Where pictures may come from, seen from the seeds.
    public var imageScope = CrawlScope.any
    /// Pages to ask for in this run at most.
    public var maxPages: Int?
    /// Pairs to keep in this run before it stops.
    public var maxPairs: Int?
    /// Bytes of bodies to receive in this run before it stops.
    public var maxDownload: Int?
    /// Steps from a seed that are followed.
    public var maxDepth: Int?
    /// How long this run may take.
    public var duration: Duration?
    /// The wait between two requests to one host.
    public var delay = Duration.seconds(1)
    /// Requests in flight in all.
    public var concurrency = 64
    /// Requests in flight to one host.
    public var perHost = 1
    /// Requests in flight to one registered domain.
    public var perDomain = 4
    /// Requests in flight to one address.
    public var perAddress = 8
    /// Networks that may be connected to though the address policy refuses them.
    public var allowAddress: [CIDR] = []
    /// What pictures must be like.
    public var filters = ImageFilters()
    /// The sources of texts that are used. Default: all that speak of the picture or its page; not the nearest
    /// heading, which speaks of the text below it.
    public var textSources = Set(TextSource.allCases).subtracting([.heading])
    /// Other crawlers' names; what a robots.txt forbids one of them by name is left out here too, such as `CCBot`.
    public var optOutAgents: [String] = []
    /// Hosts and addresses that are left out.
    public var blocklist = Blocklist()
    /// Pictures that are left out, by the SHA-256 of their bytes.
    public var excludedHashes: Set<SHA256Digest> = []
    /// What pictures are made over to before they are stored; nil keeps them as fetched.
    public var remake: ImageRemake?
    /// How far pictures are looked at.
    public var pictureCheck = PictureCheck.whole
    /// The largest page that is read, in bytes; more is cut off.
    public var maxPageBytes = 8 << 20
    /// Whether the sitemaps that the seeds' robots.txt files name are read; their pages count as one step from a seed.
    public var readsSitemaps = true
    /// Pages that were read longer ago than this are asked for again, conditionally; nil for none.
    public var refreshAfter: Duration?
    /// Requests and decisions that are kept in the log, the newest.
    public var maxDecisions = 1_000_000
    /// Asks for everything through this proxy, `http://host:port`. It resolves names and connects in our place, so
    /// addresses are not checked.
    public var proxy: String?
    /// The folder that every exchange with a server is written to as WARC files; nil for none.
    public var archiveFolder: String?
    /// Whether nothing is asked for: what an import's files do not hold stays queued for a later run.
    public var isOffline = false
    /// The part of an import that this run takes; nil for all of it.
    public var partition: Partition?
    /// Whether pictures that failed in ways that may heal, too often before, are asked for once more.
    public var retriesFailed = false
    /// How often a URL is asked for while it fails in ways that may heal.
    public var maxTries = 3
    /// Pages of one host that are ever queued.
    public var maxPagesPerHost = 1_000_000
    /// Pages with the same bytes that are followed and looked through, on all hosts together; more are mirrors or traps.
    public var maxCopies = 4
    /// The time limits of one transfer.
    public var timeLimits = TimeLimits()
    /// How long requests in flight may go on when the crawl stops.
    public var drainLimit = Duration.seconds(10)

    /// A crawl from some seeds with the default manners and limits.
    public init(seeds: [String], userAgent: String) {
        self.seeds = seeds
        self.userAgent = userAgent
    }

    /// Versions of the rules that decide which candidates a crawl offers, for the store's configuration.
    public static let ruleVersions = [
        "canonical_url": WebURL.canonicalVersion, "page_text": TextCleaner.version,
    ]

    /// The same with what becomes of the pictures: two stores that make them over differently hold other pictures, and so
    /// do two that look at them more and less closely.
    public var ruleVersions: [String: Int] {
        var rules = Self.ruleVersions
        if let remake { rules[remake.name] = ImageRemake.version }
        if pictureCheck != .whole { rules["pictures_checked_by_" + pictureCheck.rawValue] = 1 }
        return rules
    }

    /// The name that robots.txt files address us by.
    var agent: String { RobotsRules.productToken(of: userAgent) }
}

extension ImageRemake {
    /// What it is called among the rules of a store.
    fileprivate var name: String {
        var words = ["pictures"]
        if let resize {
            words += [resize.mode.rawValue, String(resize.size)] + (resize.onlyIfBigger ? ["if_bigger"] : [])
        }
        words.append(format?.rawValue ?? "resized_jpg")
        if format != .png { words.append(String(quality)) }
        return words.joined(separator: "_")
    }
}
