/// Reads pages: bytes in, links and offers out. It knows the page alone, never what the crawl has seen.
struct PageReader {
    /// Pictures whose markup states a smaller side are left out, in CSS pixels.
    var minSide = 64
    /// Pictures whose markup states a longer shape are left out: long side over short.
    var maxAspect = 3.0
    /// Bounds on what one page may offer.
    var limits = PageLimits()
    /// Whether links to other pages are of use.
    var readsLinks = true

    /// Reads a page that came from `url`.
    func read(_ body: [UInt8], contentType: String?, url: WebURL) -> Page {
        let html = PageEncoding.decode(body, contentType: contentType)
        return resolve(MarkupParser.parse(html, limits: limits), url: url)
    }

    /// Resolves addresses and cleans texts.
    func resolve(_ raw: RawPage, url: WebURL) -> Page {
        let base = raw.base.flatMap { WebURL($0, relativeTo: url) } ?? url
        var page = Page(metas: raw.metas, language: raw.language)
        page.licence = raw.licence.flatMap { WebURL($0, relativeTo: base)?.href }
        if raw.linksBeyond > 0 { page.drops[.linkBeyondPageLimit] = raw.linksBeyond }
        if raw.brokenScripts > 0 { page.drops[.pageLinkedData] = raw.brokenScripts }
        if raw.imagesBeyond > 0 { page.drops[.pairBeyondPageLimit] = raw.imagesBeyond }
        if readsLinks { readLinks(raw.links, base: base, into: &page) }
        readImages(raw.images, base: base, into: &page)
        return page
    }

    // MARK: Links

    private func readLinks(_ links: [RawLink], base: WebURL, into page: inout Page) {
        var seen: Set<Int64> = []
        var written: Set<String> = []
        for link in links {
            guard link.href.utf8.first != UInt8(ascii: "#") else { continue }
            if link.isNofollow {
                page.drops[.linkNofollow, default: 0] += 1
                continue
            }
            // Pages repeat their links: what is written alike need not be parsed again.
            guard written.insert(link.href).inserted else { continue }
            switch FileKind(of: link.href) {
            case .other, .unsupportedImage: page.drops[.linkNotPage, default: 0] += 1
            case .page, .image:
                guard let url = WebURL(link.href, relativeTo: base) else {
                    page.drops[.linkUnusable, default: 0] += 1
                    continue
                }
                let queued = QueuedURL(url)
                if seen.insert(queued.id).inserted { page.links.append(PageLink(url: url, queued: queued)) }
            }
        }
    }

    // MARK: Pictures

    private func readImages(_ images: [RawImage], base: WebURL, into page: inout Page) {
        var index: [String: Int] = [:]
        for image in images {
            switch place(of: image, base: base) {
            case .failure(let drop): page.drops[drop.reason, default: 0] += 1
            case .success(let url):
                if let known = index[url.canonical] {
                    page.offers[known].texts += image.texts
                } else {
                    index[url.canonical] = page.offers.count
                    page.offers.append(ImageOffer(url: url, texts: image.texts))
                }
            }
        }
        clean(&page)
    }

    /// The first address that can be asked for, or why the picture is left out.
    private func place(of image: RawImage, base: WebURL) -> Result<WebURL, Dropped> {
        if let reason = sizeFault(image) { return .failure(Dropped(reason)) }
        return ImageReference.first(of: image.references, base: base)
    }

    private func sizeFault(_ image: RawImage) -> DropReason? {
        let sides = [image.width, image.height].compactMap(\.self)
        if sides.contains(where: { $0 < minSide }) { return .declaredTooSmall }
        guard let long = sides.max(), let short = sides.min(), sides.count == 2 else { return nil }
        return Double(long) > maxAspect * Double(short) ? .declaredAspect : nil
    }

    private func clean(_ page: inout Page) {
        var uses: [String: Int] = [:]
        for index in page.offers.indices {
            page.offers[index].texts = ranked(page.offers[index].texts)
            let repeatable = page.offers[index].texts.filter { TextCleaner.countsRepeats($0.source) }
            for text in Set(repeatable.map(\.text)) { uses[text, default: 0] += 1 }
        }
        for index in page.offers.indices {
            page.offers[index].texts.removeAll {
                TextCleaner.countsRepeats($0.source) && uses[$0.text, default: 0] >= TextCleaner.repeatedFrom
            }
        }
    }

    /// Clean texts in the order of their sources, in the page's order within one source.
    private func ranked(_ texts: [RankedText]) -> [RankedText] {
        var seen: Set<String> = []
        return texts.enumerated()
            .sorted { ($0.element.source, $0.offset) < ($1.element.source, $1.offset) }
            .compactMap { text in
                TextCleaner.clean(text.element.text).map { RankedText(text.element.source, $0) }
            }
            .filter { seen.insert($0.text).inserted }
    }
}
