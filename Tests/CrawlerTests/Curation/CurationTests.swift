import Decode
import Digest
import Foundation
import QueryBank
import Testing

@testable import Crawler

@Suite struct CurationTests {
    private let bank = QueryBank(QueryList(texts: ["dog", "red", "harbour"]))

    private func curator(_ change: (inout CrawlConfiguration) -> Void = { _ in }) -> Curator {
        var configuration = CrawlConfiguration(seeds: [], userAgent: "t/1")
        change(&configuration)
        return Curator(
            bank: bank, sources: configuration.textSources,
            policy: LinkPolicy(configuration, seeds: [WebURL("http://h.test/")].compactMap(\.self))
        ) { Priority(imageURL: $0, text: $1, seed: 7) }
    }

    private func offer(_ texts: [RankedText], at address: String = "http://h.test/a.png") throws -> Page {
        var page = Page()
        page.offers = [ImageOffer(url: try WebURL(address).required, texts: texts)]
        return page
    }

    @Test func theBestTextThatMatchesIsTheCandidates() throws {
        var drops: [DropReason: Int] = [:]
        let page = try offer([
            RankedText(.alt, "Nothing to see"), RankedText(.title, "A red dog"),
            RankedText(.ogTitle, "The harbour"),
        ])
        let candidate = try #require(curator().candidates(of: page, drops: &drops).first)
        #expect(candidate.text == "A red dog")
        #expect(candidate.source == .title)
        #expect(candidate.queries == [0, 1])
        #expect(candidate.u == Priority(imageURL: "http://h.test/a.png", text: "A red dog", seed: 7).u)
        #expect(candidate.key == CandidateKey(imageURL: "http://h.test/a.png", text: "A red dog"))
        #expect(drops.isEmpty)
    }

    @Test func whatHasNoTextOrNoQueryIsCounted() throws {
        var drops: [DropReason: Int] = [:]
        let pages = [
            try offer([]), try offer([RankedText(.heading, "A dog")]),
            try offer([RankedText(.alt, "A blue cat")]),
            try offer([RankedText(.alt, "A dog")], at: "http://elsewhere.test/a.png"),
        ]
        let curator = curator { $0.imageScope = .host }
        for page in pages { #expect(curator.candidates(of: page, drops: &drops).isEmpty) }
        #expect(drops == [.pairNoText: 2, .pairNoQuery: 1, .imageOutOfScope: 1])
    }

    // MARK: Pictures

    private func inspector(_ change: (inout ImageFilters) -> Void = { _ in }) -> ImageInspector {
        var filters = ImageFilters()
        change(&filters)
        return ImageInspector(filters: filters, excluded: [])
    }

    private var picture: [UInt8] { [UInt8](GallerySite.stamps[3].picture) }

    @Test func aGoodPictureIsDescribed() throws {
        let image = try inspector().inspect(picture).get()
        #expect(image.sha256 == SHA256Digest(of: picture))
        #expect(image.format == .png)
        #expect(image.phash == PerceptualHash(of: try ImageDecoder().decode(picture)))
        #expect(min(image.width, image.height) >= 64)
    }

    /// Where the header is enough, damage behind it is not seen and nothing is known of how the picture looks.
    @Test func theHeaderAloneIsLookedAtOnDemand() throws {
        let cut = Array(picture.dropLast(picture.count / 2))
        func inspector(_ check: PictureCheck) -> ImageInspector {
            ImageInspector(filters: ImageFilters(), excluded: [], check: check)
        }
        let image = try inspector(.header).inspect(cut).get()
        #expect(image.phash == nil && image.sha256 == SHA256Digest(of: cut) && image.width >= 64)
        #expect(throws: Dropped.self) { try inspector(.whole).inspect(cut).get() }
        #expect(throws: Dropped.self) { try inspector(.header).inspect(Array("no picture".utf8)).get() }
    }

    /// A store of one is not mixed with the other.
    @Test func theCheckIsARuleOfTheStore() {
        var configuration = CrawlConfiguration(seeds: [], userAgent: "t/1")
        let whole = configuration.ruleVersions
        configuration.pictureCheck = .header
        #expect(configuration.ruleVersions != whole && whole == CrawlConfiguration.ruleVersions)
    }

    @Test func everyFilterHasItsReasonAndCanBeSet() throws {
        let side = try ImageDecoder().info(picture)
        func reason(_ change: (inout ImageFilters) -> Void) -> DropReason? {
            if case .failure(let drop) = inspector(change).inspect(picture) { return drop.reason }
            return nil
        }
        #expect(reason { $0.minBytes = picture.count } == nil)
        #expect(reason { $0.minBytes = picture.count + 1 } == .imageTooFewBytes)
        #expect(reason { $0.maxBytes = picture.count - 1 } == .image("too_many_bytes"))
        #expect(reason { $0.maxPixels = side.width * side.height - 1 } == .image("too_many_pixels"))
        #expect(reason { $0.minSide = min(side.width, side.height) + 1 } == .imageTooSmall)
        #expect(reason { $0.maxAspect = 1 } == (side.width == side.height ? nil : .imageAspect))
        let excluding = ImageInspector(filters: ImageFilters(), excluded: [SHA256Digest(of: picture)])
        guard case .failure(let drop) = excluding.inspect(picture) else {
            Issue.record("an excluded picture was kept")
            return
        }
        #expect(drop.reason == .imageExcluded)
    }
}
