/// What a page offers the crawl: where to go on, and which pictures it has words for.
struct Page {
    /// Other pages, each once, in the page's order.
    var links: [PageLink] = []
    /// Pictures with the texts that belong to them, each address once, in the page's order.
    var offers: [ImageOffer] = []
    /// Names (lower case) and contents of the meta elements: opt-outs are among them.
    var metas: [(name: String, content: String)] = []
    /// The language that the document states, as written.
    var language: String?
    /// The address of the licence that the document states.
    var licence: String?
    /// What was left out, by reason.
    var drops: [DropReason: Int] = [:]
}

/// A link to another page.
struct PageLink: Hashable {
    let url: WebURL
    let queued: QueuedURL
}

/// A picture that a page offers.
struct ImageOffer {
    /// The canonical address.
    let url: WebURL
    /// Clean texts, best first, each once.
    var texts: [RankedText]
}
