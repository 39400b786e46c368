/// What the markup of a page says, before addresses are resolved and texts are cleaned.
struct RawPage {
    /// The first `<base href>`.
    var base: String?
    /// The `lang` of the document.
    var language: String?
    /// The address of the licence the page states.
    var licence: String?
    /// Names (lower case) and contents of the meta elements, in the page's order.
    var metas: [(name: String, content: String)] = []
    var links: [RawLink] = []
    var images: [RawImage] = []
    /// How many links and pictures came after as many as are taken.
    var linksBeyond = 0
    var imagesBeyond = 0
    /// How many JSON-LD scripts are not JSON.
    var brokenScripts = 0
}

/// A link to another page.
struct RawLink {
    let href: String
    /// The link itself asks not to be followed.
    let isNofollow: Bool
}

/// A picture that a page shows or names.
struct RawImage {
    /// Addresses of the picture, the one to take first.
    var references: [String]
    var texts: [RankedText] = []
    /// A link leads to the picture; the page need not show it.
    var isLinked = false
    /// A button, a bullet, an icon: what stands around it is not about it.
    var isFurniture = false
    /// The size the markup states, in CSS pixels.
    var width: Int?
    var height: Int?
}

/// Bounds on what one page may offer, so that no page fills the memory or the frontier.
struct PageLimits {
    /// Links beyond are counted only. The largest index page among Debian's documentation packages holds 50,000.
    var links = 100_000
    /// Pictures beyond are counted only.
    var images = 5_000
    var metas = 200
    /// Bytes of one attribute or caption; longer ones are not captions.
    var textBytes = 8_192
    /// Bytes of one JSON-LD script.
    var scriptBytes = 1 << 20
    /// JSON-LD scripts read.
    var scripts = 16
}
