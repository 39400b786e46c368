/// The stable names under which a crawl counts what it leaves out.
public enum DropReason: String, Sendable, CaseIterable, Codable {
    // Links
    /// A link that asks not to be followed.
    case linkNofollow = "link_nofollow"
    /// A link to a file that is no page, by its ending.
    case linkNotPage = "link_not_page"
    /// A link that is no http or https address.
    case linkUnusable = "link_unusable"

    // Pictures on a page
    /// A picture without an address that can be asked for.
    case imageUnusable = "image_unusable"
    /// A picture inside the page (`data:`).
    case imageInline = "image_inline"
    /// A picture in a format that is not kept, by its ending.
    case imageUnsupported = "image_unsupported"
    /// The markup states a side smaller than the smallest.
    case declaredTooSmall = "declared_too_small"
    /// The markup states a shape longer than the longest.
    case declaredAspect = "declared_aspect"

    // Pages
    /// The markup nests too deep; the page was read up to there.
    case pageTooDeep = "page_too_deep"
}
