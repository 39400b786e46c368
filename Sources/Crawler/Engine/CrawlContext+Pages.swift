internal import Fetch

extension CrawlContext {
    /// A page that was read: what stands on it, what it wishes, the candidates that it offers, and what was left out.
    typealias Look = (page: Page, wishes: OptOuts, harvest: PageHarvest, drops: [DropReason: Int])

    /// Reads an answer that is a page. What the page, its answer and its site's robots.txt wish is obeyed; links are the
    /// caller's.
    func look(at response: FetchResponse, _ url: WebURL, _ rules: RobotsRules) -> Look {
        let page = reader.read(response.body, contentType: response.headers["content-type"], url: url)
        return look(at: page, optOuts(response, url, rules))
    }

    /// The same for a page that was read otherwise, with what is known of its wishes.
    func look(at page: Page, _ known: OptOuts) -> Look {
        var wishes = known
        for meta in page.metas { wishes.add(metaName: meta.name, content: meta.content, agent: agent) }
        var drops = page.drops
        var harvest = PageHarvest(licence: page.licence, language: page.language)
        if let wish = wishes.againstPicturesOfPage {
            drops[.image(DropReason.optOut(wish)), default: 0] += page.offers.count
        } else {
            harvest.candidates = curator.candidates(of: page, drops: &drops)
        }
        return (page, wishes, harvest, drops)
    }
}

extension FetchResponse {
    /// Whether it is a page: by its type, or for want of one by its beginning.
    var isHTML: Bool {
        guard let type = mediaType else { return body.first { $0 > 0x20 } == UInt8(ascii: "<") }
        return type == "text/html" || type == "application/xhtml+xml"
    }

    /// The media type without its parameters, in lower case; nil when none is stated.
    var mediaType: String? {
        let type = headers["content-type"]?.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        return type?.isEmpty ?? true ? nil : type
    }
}
