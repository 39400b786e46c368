import CHTML

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

    /// Text is of use where the builder stands now.
    var wantsText: Bool {
        isSilent > 0 ? script.isOpen : caption.isOpen || heading.isOpen || linkText.isOpen
    }

    mutating func start(_ element: chtml_element, _ attributes: Attributes) {
        switch element {
        case .none: break
        case .img: image(attributes)
        case .anchor: openLink(attributes)
        case .area, .frame: addLink(attributes, name: element == .frame ? "src" : "href")
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

    mutating func end(_ element: chtml_element) {
        switch element {
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

    /// Text, which may hold character references.
    mutating func text(_ bytes: UnsafeBufferPointer<CChar>, _ hasReferences: Bool) {
        guard !chtml_is_plain(bytes.baseAddress, bytes.count) else {
            return add(UnsafeRawBufferPointer(bytes))
        }
        var text = MarkupText.string(bytes, resolving: hasReferences)
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        if isSilent > 0 {
            script.add(bytes)
            return
        }
        caption.add(bytes)
        heading.add(bytes)
        linkText.add(bytes)
    }

    /// Keeps the words before and after an element apart.
    mutating func separate() {
        caption.separate()
        heading.separate()
        linkText.separate()
    }

    /// The page, with what needs all of it: Open Graph, Twitter cards and JSON-LD.
    mutating func finish() -> RawPage {
        while !figures.isEmpty { closeFigure() }
        closeLink()
        let data = scripts.map(LinkedData.init)
        page.brokenScripts = data.count { $0.isBroken }
        for image in CardImages.read(page.metas) + data.flatMap(\.images) { add(image) }
        // Things under several licences say nothing of the page.
        let licences = data.reduce(into: Set()) { $0.formUnion($1.licences) }
        if licences.count == 1 { page.licence = page.licence ?? licences.first }
        return page
    }

    // MARK: Pictures

    private mutating func add(_ image: RawImage) {
        if page.images.count < limits.images { page.images.append(image) } else { page.imagesBeyond += 1 }
    }

    private mutating func image(_ attributes: Attributes) {
        var image = ImageElement.read(attributes, limit: limits.textBytes)
        image.references += pictureSources ?? []
        image.isFurniture =
            image.texts.contains { $0.source == .alt && GenericWords.isFurniture($0.text) }
            || image.references.first.map(FileNames.isFurniture) ?? false
        if let lastHeading, !image.isFurniture { image.texts.append(RankedText(.heading, lastHeading)) }
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
        where !(text.source == .linkText && page.images[index].isFurniture)
            && !page.images[index].texts.contains(where: { $0.source == text.source })
        {
            page.images[index].texts.append(text)
        }
    }

    // MARK: Links

    private mutating func openLink(_ attributes: Attributes) {
        closeLink()
        guard let href = addLink(attributes, name: "href") else { return }
        link = OpenLink(href: href, firstImage: page.images.count)
        linkText.open()
        noteLicence(attributes, href: href)
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
        noteLicence(attributes, href: href)
    }

    /// A link says that it leads to the licence (`rel`, schema.org's `itemprop`), or leads to one of Creative Commons.
    private mutating func noteLicence(_ attributes: Attributes, href: String) {
        guard page.licence == nil else { return }
        let names = [attributes.value("rel", limit: 256), attributes.value("itemprop", limit: 256)]
        let states = names.contains { $0?.lowercased().split(separator: " ").contains("license") ?? false }
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
}
