/// The page reader as Benchmarks/Crawler measures it.
package enum PageMeasure {
    /// Reads markup; gives how many links and pictures it has.
    package static func parse(_ html: String) -> (links: Int, images: Int) {
        let page = MarkupParser.parse(html)
        return (page.links.count, page.images.count)
    }

    /// All that is done with a page: its encoding, its markup, its addresses, its texts.
    package static func read(_ body: [UInt8], url: WebURL) -> (links: Int, images: Int) {
        let page = PageReader().read(body, contentType: nil, url: url)
        return (page.links.count, page.offers.count)
    }
}
