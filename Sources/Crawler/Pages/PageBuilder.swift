import CXML

/// Gathers what a page says from the events of the parser: events in, a `RawPage` out, no I/O.
struct PageBuilder {
    private(set) var page = RawPage()
    private(set) var limits: PageLimits
    /// Texts of JSON-LD scripts, in the page's order.
    private(set) var scripts: [String] = []

    private var caption: Capture
    private var heading: Capture
    private var linkText: Capture
    private var script: Capture
    private var isSilent = 0
    private var lastHeading: String?
    private var figures: [Figure] = []
    private var link: OpenLink?
    private var pictureSources: [String]?

    /// A figure that is open, and its caption once that was read.
    private struct Figure {
        let firstImage: Int
        var caption: String?
    }

    /// A link that is open.
    private struct OpenLink {
        let href: String
        let firstImage: Int
    }

    init(limits: PageLimits = PageLimits()) {
        self.limits = limits
        caption = Capture(limit: limits.textBytes)
        heading = Capture(limit: limits.textBytes)
        linkText = Capture(limit: limits.textBytes)
        script = Capture(limit: limits.scriptBytes)
    }

    mutating func start(_ tag: cxml_tag, _ attributes: Attributes) {
        switch tag {
        case .inline: break
        case .block: separate()
        case .img: image(attributes)
        case .anchor: openLink(attributes)
        case .area, .frame: addLink(attributes, name: tag == .frame ? "src" : "href")
        case .base: page.base = page.base ?? attributes.value("href", limit: limits.textBytes)
        case .figcaption: caption.open()
        case .figure: figures.append(Figure(firstImage: page.images.count))
        case .heading: heading.open()
        case .html: page.language = page.language ?? attributes.value("lang", limit: 64)
        case .link: licence(attributes)
        case .meta: meta(attributes)
        case .picture: pictureSources = []
        case .source: source(attributes)
        case .script: openScript(attributes)
        case .style, .title: isSilent += 1
        }
    }

    mutating func end(_ tag: cxml_tag) {
        switch tag {
        case .block: separate()
        case .anchor: closeLink()
        case .figcaption: closeCaption()
        case .figure: closeFigure()
        case .heading: if heading.close() { lastHeading = heading.text }
        case .picture: pictureSources = nil
        case .script: closeScript()
        case .style, .title: isSilent = max(0, isSilent - 1)
        default: break
        }
    }

    mutating func text(_ bytes: UnsafeRawBufferPointer) {
        if isSilent > 0 {
            script.add(bytes)
            return
        }
        caption.add(bytes)
        heading.add(bytes)
        linkText.add(bytes)
    }

    mutating func cut() { page.isCut = true }

    /// The page, with what needs all of it: Open Graph, Twitter cards and JSON-LD.
    mutating func finish() -> RawPage {
        while !figures.isEmpty { closeFigure() }
        closeLink()
        for image in CardImages.read(page.metas) + scripts.flatMap(LinkedData.images) {
            add(image)
        }
        return page
    }

    // MARK: Pictures

    private mutating func add(_ image: RawImage) {
        if page.images.count < limits.images { page.images.append(image) } else { page.imagesBeyond += 1 }
    }

    private mutating func image(_ attributes: Attributes) {
        var image = ImageElement.read(attributes, limit: limits.textBytes)
        image.references += pictureSources ?? []
        if let lastHeading { image.texts.append(RankedText(.heading, lastHeading)) }
        if !image.references.isEmpty { add(image) }
    }

    private mutating func source(_ attributes: Attributes) {
        guard pictureSources != nil, (pictureSources?.count ?? 0) < 16 else { return }
        if let reference = ImageElement.source(attributes, limit: limits.textBytes) {
            pictureSources?.append(reference)
        }
    }

    private mutating func closeCaption() {
        guard caption.close(), !figures.isEmpty else { return }
        let inner = figures.count - 1
        figures[inner].caption = figures[inner].caption ?? caption.text
    }

    private mutating func closeFigure() {
        guard let figure = figures.popLast(), let caption = figure.caption else { return }
        give(RankedText(.figcaption, caption), toImagesFrom: figure.firstImage)
    }

    /// Adds a text to the pictures that have none from that source.
    private mutating func give(_ text: RankedText, toImagesFrom first: Int) {
        for index in page.images.indices.dropFirst(first)
        where !page.images[index].texts.contains(where: { $0.source == text.source }) {
            page.images[index].texts.append(text)
        }
    }

    // MARK: Links

    private mutating func openLink(_ attributes: Attributes) {
        closeLink()
        guard let href = addLink(attributes, name: "href") else { return }
        link = OpenLink(href: href, firstImage: page.images.count)
        linkText.open()
        noteLicence(rel: attributes.value("rel", limit: 256), href: href)
    }

    private mutating func closeLink() {
        _ = linkText.close()
        guard let open = link else { return }
        link = nil
        let leadsToImage = FileKind(of: open.href) == .image
        // Most links have no picture, and their words are of no use.
        guard leadsToImage || page.images.count > open.firstImage else { return }
        let words = RankedText(.linkText, linkText.text)
        if words.text.contains(where: \.isLetter) { give(words, toImagesFrom: open.firstImage) }
        guard leadsToImage else { return }
        // A small picture that leads to the full one: what is said of one holds for the other.
        let inner = page.images.dropFirst(open.firstImage).first
        let texts = inner?.texts ?? [words]
        if let href = page.links.last?.href, href == open.href { page.links.removeLast() }
        add(RawImage(references: [open.href], texts: texts, isLinked: true))
    }

    @discardableResult
    private mutating func addLink(_ attributes: Attributes, name: StaticString) -> String? {
        guard let href = attributes.value(name, limit: limits.textBytes) else { return nil }
        if page.links.count < limits.links {
            let rel = attributes.value("rel", limit: 256)
            page.links.append(RawLink(href: href, isNofollow: rel.map(Self.asksNotToFollow) ?? false))
        } else {
            page.linksBeyond += 1
        }
        return href
    }

    private static func asksNotToFollow(_ rel: String) -> Bool {
        rel.lowercased().split(separator: " ").contains("nofollow")
    }

    // MARK: The document

    private mutating func licence(_ attributes: Attributes) {
        guard let href = attributes.value("href", limit: limits.textBytes) else { return }
        noteLicence(rel: attributes.value("rel", limit: 256), href: href)
    }

    private mutating func noteLicence(rel: String?, href: String) {
        guard page.licence == nil else { return }
        let states = rel?.lowercased().split(separator: " ").contains("license") ?? false
        if states || Licences.isCreativeCommons(href) { page.licence = href }
    }

    private mutating func meta(_ attributes: Attributes) {
        guard page.metas.count < limits.metas else { return }
        let name = attributes.value("name", limit: 128) ?? attributes.value("property", limit: 128)
        guard let name, let content = attributes.value("content", limit: limits.textBytes) else { return }
        page.metas.append((name.lowercased(), content))
    }

    private mutating func openScript(_ attributes: Attributes) {
        isSilent += 1
        let type = attributes.value("type", limit: 128)?.lowercased() ?? ""
        if type.hasPrefix("application/ld+json"), scripts.count < limits.scripts { script.open() }
    }

    private mutating func closeScript() {
        isSilent = max(0, isSilent - 1)
        if script.close() { scripts.append(script.text) }
    }

    private mutating func separate() {
        caption.separate()
        heading.separate()
        linkText.separate()
    }
}
