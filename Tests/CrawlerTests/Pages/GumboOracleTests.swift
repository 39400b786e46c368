import Foundation
import Testing

@testable import Crawler

/// Real pages, read by our reader and by gumbo, an HTML5 parser: the same links and pictures.
@Suite struct GumboOracleTests {
    /// Folders of pages; `WIT_PAGES` names more, separated by colons.
    private static let folders =
        ["/usr/share/gimp/2.0/help/en"]
        + (ProcessInfo.processInfo.environment["WIT_PAGES"]?.split(separator: ":").map(String.init) ?? [])

    @Test(arguments: folders) func agreesWithGumbo(_ folder: String) throws {
        try compare(Self.pages(of: folder), in: folder)
    }

    /// Every sixteenth page of four manuals; `scripts/compare-pages` reads all, and those of more packages.
    @Test(.enabled(if: CrawlSuites.folder != nil, "WIT_TEST_SUITES names no folder with the crawl suites"))
    func agreesOnASample() throws {
        let folder = try #require(CrawlSuites.folder) + "pages"
        let pages = Self.pages(of: folder).enumerated().filter { $0.offset % 16 == 0 }.map(\.element)
        try #require(pages.count > 300)
        try compare(pages, in: folder)
    }

    private static func pages(of folder: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".html") || $0.hasSuffix(".htm") }.sorted()
    }

    private func compare(_ pages: [String], in folder: String) throws {
        try #require(!pages.isEmpty, "\(folder) has no pages")
        var differences: [String] = []
        var (links, images, read) = (0, 0, 0)
        for name in pages {
            guard let bytes = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
            let html = PageEncoding.decode([UInt8](bytes), contentType: nil)
            let gumbo = GumboOracle(html)
            let ours = counts(MarkupParser.parse(html))
            read += 1
            links += ours.links.values.reduce(0, +)
            images += ours.images.values.reduce(0, +)
            if ours.links != gumbo.links {
                differences.append("\(name): links \(difference(ours.links, gumbo.links))")
            }
            if ours.images != gumbo.images {
                differences.append("\(name): images \(difference(ours.images, gumbo.images))")
            }
        }
        print(
            "\(folder): \(read) pages, \(links) links, \(images) pictures, \(differences.count) differences")
        #expect(differences.isEmpty, "\(differences.prefix(20).joined(separator: "\n"))")
        #expect(read > 0 && links > read)
    }

    /// What our reader saw, in the oracle's terms: links to pictures are offers with us, and an `img` is one by the
    /// text that its own `alt` gave.
    private func counts(_ page: RawPage) -> (links: [String: Int], images: [String: Int]) {
        var links: [String: Int] = [:]
        var images: [String: Int] = [:]
        for link in page.links { links[link.href, default: 0] += 1 }
        for image in page.images {
            let reference = image.references[0]
            if image.isLinked {
                links[reference, default: 0] += 1
            } else {
                images[reference + " " + (image.alt ?? ""), default: 0] += 1
            }
        }
        return (links, images)
    }

    private func difference(_ ours: [String: Int], _ theirs: [String: Int]) -> String {
        let names = Set(ours.keys).union(theirs.keys).filter { ours[$0] != theirs[$0] }.sorted()
        return names.prefix(3).map { "\($0) ours \(ours[$0] ?? 0) theirs \(theirs[$0] ?? 0)" }.joined(
            separator: ", ")
    }
}

extension RawImage {
    /// The text of the picture's own `alt`.
    fileprivate var alt: String? { texts.first { $0.source == .alt }?.text }
}
