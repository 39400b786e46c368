internal import Fetch

/// The stable name under which a crawl or import counts what it leaves out: `link_…`, `page_…`, `image_…`, `pair_…`, or
/// `row_…` of a list, by what was left out.
public struct DropReason: RawRepresentable, Hashable, Sendable, Codable {
    /// The name.
    public let rawValue: String

    /// A reason by its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    private init(_ name: String) { rawValue = name }
}

extension DropReason {
    // Links

    /// A link that asks not to be followed, or of a page that asks so.
    public static let linkNofollow = DropReason("link_nofollow")
    /// A link to a file that is no page, by its ending.
    public static let linkNotPage = DropReason("link_not_page")
    /// A link that is no http or https address.
    public static let linkUnusable = DropReason("link_unusable")
    /// A link out of the crawl's scope.
    public static let linkOutOfScope = DropReason("link_out_of_scope")
    /// A link that looks like a trap: too long, too deep a path, repeated path segments, a flood of parameters.
    public static let linkTrap = DropReason("link_trap")
    /// A link to a host that has had its share of pages.
    public static let linkHostFull = DropReason("link_host_full")
    /// A link to a host or URL of the user's blocklists.
    public static let linkBlocked = DropReason("link_blocked")

    /// A link of a page that has more than are taken of one page.
    public static let linkBeyondPageLimit = DropReason("link_beyond_page_limit")

    // Pages

    /// An answer that is no HTML.
    public static let pageNotHTML = DropReason("page_not_html")
    /// More redirects in a row than allowed, or a redirect without a usable target.
    public static let pageRedirects = DropReason("page_redirects")
    /// Too many pages with the same bytes were read: a mirror, or a trap.
    public static let pageMirror = DropReason("page_mirror")
    /// A JSON-LD script that is not JSON; the page is read all the same.
    public static let pageLinkedData = DropReason("page_json_ld_broken")
    /// robots.txt forbids the page.
    public static let pageRobots = DropReason("page_robots_disallowed")

    // Pictures

    /// A picture without an address that can be asked for.
    public static let imageUnusable = DropReason("image_unusable")
    /// A picture inside the page (`data:`).
    public static let imageInline = DropReason("image_inline")
    /// A picture in a format that is not kept, by its ending.
    public static let imageUnsupported = DropReason("image_unsupported")
    /// The markup states a side smaller than the smallest.
    public static let declaredTooSmall = DropReason("image_declared_too_small")
    /// The markup states a shape longer than the longest.
    public static let declaredAspect = DropReason("image_declared_aspect")
    /// A picture from a host that the configuration leaves out.
    public static let imageOutOfScope = DropReason("image_out_of_scope")
    /// A picture of a host or URL of the user's blocklists.
    public static let imageBlocked = DropReason("image_blocked")
    /// More redirects in a row than allowed, or a redirect without a usable target.
    public static let imageRedirects = DropReason("image_redirects")
    /// robots.txt forbids the picture.
    public static let imageRobots = DropReason("image_robots_disallowed")
    /// Fewer bytes than the smallest picture.
    public static let imageTooFewBytes = DropReason("image_too_few_bytes")
    /// More bytes than the largest picture.
    public static let imageTooManyBytes = DropReason("image_too_many_bytes")
    /// A side shorter than the smallest.
    public static let imageTooSmall = DropReason("image_too_small")
    /// A longer shape than the longest.
    public static let imageAspect = DropReason("image_aspect")
    /// A picture of the user's list of hashes.
    public static let imageExcluded = DropReason("image_excluded_hash")

    /// A picture that another partition of the import takes.
    public static let imageOtherPartition = DropReason("image_other_partition")

    // Rows of lists

    /// A row that is not what its format says, or that has no address.
    public static let rowBroken = DropReason("row_broken")
    /// A row longer than a MiB.
    public static let rowTooLong = DropReason("row_too_long")
    /// The columns to keep hold more than 16 KiB.
    public static let rowExtraTooLong = DropReason("row_extra_too_long")

    /// A sample of a shard without a picture.
    public static let rowNoPicture = DropReason("row_no_picture")
    /// A damaged place in a web archive, which is passed over.
    public static let recordDamaged = DropReason("row_record_damaged")
    /// A web archive that was gone when it was to be read again for pictures.
    public static let archiveGone = DropReason("row_archive_gone")
    /// A shard that is damaged; what stands before the damage counts.
    public static let shardDamaged = DropReason("row_shard_damaged")

    // Pairs

    /// A picture of a page that has more than are taken of one page.
    public static let pairBeyondPageLimit = DropReason("pair_beyond_page_limit")
    /// A picture without any usable text.
    public static let pairNoText = DropReason("pair_no_text")
    /// None of the picture's texts matches a query.
    public static let pairNoQuery = DropReason("pair_no_query")
    /// The same picture and text were offered before.
    public static let pairAgain = DropReason("pair_offered_before")
    /// Balance had no room for it before the picture was asked for.
    public static let pairRefusedEarly = DropReason("pair_balance_before_fetch")
    /// Balance had no room for it at the commit.
    public static let pairRefused = DropReason("pair_balance_at_commit")
    /// The same picture and text are kept under another address.
    public static let pairMerged = DropReason("pair_same_as_kept")
    /// A removal names it.
    public static let pairRemoved = DropReason("pair_removed")

    /// Ends of pictures that another time may be different, though they were asked for as often as a run does.
    static let mayHeal: [DropReason] = {
        let failures = FetchFailure.Reason.allCases.filter(\.isTransient).map { image($0.rawValue) }
        let statuses = FetchResponse.transientStatuses.map { image(status($0)) }
        return failures + statuses + RetireReason.allCases.map { image($0.rawValue) }
    }()

    /// A reason that another room names, for pages.
    static func page(_ name: String) -> DropReason { DropReason("page_" + name) }
    /// A reason that another room names, for sitemaps.
    static func sitemap(_ name: String) -> DropReason { DropReason("sitemap_" + name) }
    /// A reason that another room names, for pictures.
    static func image(_ name: String) -> DropReason { DropReason("image_" + name) }
    /// The refusal that an HTTP status is.
    static func status(_ status: Int) -> String { "http_\(status)" }
    /// The wish not to be used, by its name.
    static func optOut(_ wish: OptOut) -> String { "opt_out_" + wish.rawValue }
}
