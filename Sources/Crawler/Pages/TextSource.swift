/// Where on a page a text was found, best first: the order of the cases is the rank.
///
/// What describes one picture (its own `alt`, its caption) goes before what describes the page around it.
public enum TextSource: String, Sendable, Codable, CaseIterable, Comparable {
    /// The text that a URL list, or a sample of somebody's shards, gives the picture.
    case caption
    /// The `alt` attribute of the picture.
    case alt
    /// The caption of the figure that holds the picture.
    case figcaption
    /// A caption, description or name that schema.org data in JSON-LD gives the picture.
    case jsonLD = "json_ld"
    /// The `title` attribute of the picture.
    case title
    /// The `aria-label` attribute of the picture.
    case ariaLabel = "aria_label"
    /// `og:image:alt`.
    case ogImageAlt = "og_image_alt"
    /// `twitter:image:alt`.
    case twitterImageAlt = "twitter_image_alt"
    /// The words of the link that holds the picture or leads to it.
    case linkText = "link_text"
    /// `og:description`, for the picture that Open Graph names.
    case ogDescription = "og_description"
    /// `twitter:description`, for the picture that the Twitter card names.
    case twitterDescription = "twitter_description"
    /// `og:title`, for the picture that Open Graph names.
    case ogTitle = "og_title"
    /// `twitter:title`, for the picture that the Twitter card names.
    case twitterTitle = "twitter_title"
    /// The heading that stands nearest before the picture.
    case heading

    private var rank: Int { Self.ranks[self] ?? Self.allCases.count }
    private static let ranks = Dictionary(uniqueKeysWithValues: zip(allCases, 0...))

    /// Better sources come first.
    public static func < (a: TextSource, b: TextSource) -> Bool { a.rank < b.rank }
}

/// A text that belongs to a picture, and where the page had it.
public struct RankedText: Hashable, Sendable {
    /// The place the text came from.
    public let source: TextSource
    /// The text.
    public let text: String

    /// Pairs a text with its source.
    public init(_ source: TextSource, _ text: String) {
        self.source = source
        self.text = text
    }
}
