import Foundation
import Testing

@testable import Crawler

/// Two hundred pages that were labelled by hand: the pairs that people see are found, the rubbish is not kept.
@Suite(.enabled(if: CrawlSuites.folder != nil, "WIT_TEST_SUITES names no folder with the crawl suites"))
struct PageLabelTests {
    /// How often something was there, and how often the reader kept it.
    fileprivate struct Count {
        var all = 0
        var kept = 0
        var share: Double { all == 0 ? 0 : Double(kept) / Double(all) }
    }

    private struct Counts {
        /// Texts that are about their picture.
        var texts = Count()
        /// Pictures with such a text: found by one of them, and by the text that is ranked first.
        var pictures = Count()
        var first = Count()
        /// Pictures of the page's furniture, kept with whatever text.
        var furniture = Count()
        /// Texts that say nothing of their picture.
        var rubbish = Count()
        /// Pictures that may go with a heading.
        var loose = Count()

        mutating func add(_ picture: LabelledPage.Picture, offered: [String]) {
            let found = picture.texts.intersection(offered)
            switch picture.kind {
            case .pair:
                texts.add(picture.texts.count, kept: found.count)
                pictures.add(1, kept: found.isEmpty ? 0 : 1)
                first.add(1, kept: offered.first.map(picture.texts.contains) ?? false ? 1 : 0)
            case .furniture: furniture.add(1, kept: offered.isEmpty ? 0 : 1)
            case .loose:
                rubbish.add(picture.texts.count, kept: found.count)
                loose.add(1, kept: offered.isEmpty ? 0 : 1)
            }
        }
    }

    @Test func truePairsAreFoundAndBoilerplateIsNot() throws {
        let pages = try LabelledPage.readAll()
        var counts = Counts()
        for page in pages {
            let offers = try Self.offers(of: page)
            for picture in page.pictures {
                let offered = offers[picture.source] ?? []
                counts.add(picture, offered: offered.map { LabelledPage.hash($0.text) })
                Self.report(page, picture, offered)
            }
        }
        let kept = counts.furniture.kept + counts.rubbish.kept
        let boilerplate = Count(all: counts.furniture.all + counts.rubbish.all, kept: kept)
        print(
            "labels: \(pages.count) pages; true texts \(counts.texts); pictures with one \(counts.pictures), ranked first "
                + "\(counts.first); boilerplate kept \(boilerplate): furniture \(counts.furniture), texts "
                + "\(counts.rubbish); loose pictures with some text \(counts.loose)")
        #expect(pages.count == 200)
        #expect(counts.texts.all > 250 && counts.furniture.all > 500 && counts.rubbish.all > 500)
        #expect(counts.texts.share >= 0.95)
        #expect(counts.pictures.share >= 0.95)
        #expect(counts.furniture.share <= 0.02)
        #expect(counts.rubbish.share <= 0.02)
    }

    /// The texts that the reader offers for the pictures of a page, by the picture's address as the page has it.
    private static func offers(of page: LabelledPage) throws -> [String: [RankedText]] {
        let bytes = try CrawlSuites.data("pages/" + page.path)
        let url = try #require(WebURL("http://h.test/" + page.path))
        let read = PageReader().read([UInt8](bytes), contentType: nil, url: url)
        let texts = Dictionary(read.offers.map { ($0.url.canonical, $0.texts) }, uniquingKeysWith: +)
        return Dictionary(
            page.pictures.compactMap { picture in
                WebURL(picture.source, relativeTo: url).map { (picture.source, texts[$0.canonical] ?? []) }
            }, uniquingKeysWith: +)
    }

    /// Prints what the reader got wrong.
    private static func report(_ page: LabelledPage, _ picture: LabelledPage.Picture, _ offered: [RankedText])
    {
        let found = picture.texts.intersection(offered.map { LabelledPage.hash($0.text) })
        let isWrong =
            switch picture.kind {
            case .pair: found.count < picture.texts.count
            case .furniture: !offered.isEmpty
            case .loose: !found.isEmpty
            }
        guard isWrong else { return }
        print(
            page.path.split(separator: "/").last ?? "", picture.source, picture.kind,
            offered.map { "\($0.source.rawValue)=\($0.text)" })
    }
}

extension PageLabelTests.Count: CustomStringConvertible {
    fileprivate mutating func add(_ more: Int, kept: Int) {
        all += more
        self.kept += kept
    }

    fileprivate var description: String { "\(kept) of \(all) (\((share * 1000).rounded() / 10)%)" }
}
