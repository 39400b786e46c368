import Foundation
import PairStore
import TestSupport
import Testing

@testable import Crawler

/// What a store says of its pairs' language and licence, from the page to the catalogue.
@Suite struct StoredLanguageTests {
    @Test func languageIsTheTextsAndLicenceThePages() async throws {
        let folder = try TemporaryFolder("wit-language")
        let fixture = try CrawlFixture(perQuery: 100)
        var archive = ArchiveText()
        archive.page(
            "http://a.test/",
            """
            <html lang=de><img src=/long.png alt='A red dog runs through the tall green grass of a wide meadow'>
            <img src=/short.png alt='A red dog'><a rel=license href=/terms>terms</a>
            """)
        for (place, name) in ["long", "short"].enumerated() {
            archive.picture("http://a.test/\(name).png", GallerySite.stamps[place].picture)
        }
        let path = try folder.write("pages.warc", archive.plain)
        var configuration = CrawlConfiguration(seeds: [], userAgent: "wit")
        configuration.isOffline = true
        _ = try await fixture.importing(.archives([path]), configuration)
        let pairs = try StoreReader.open(fixture.storePath).pairs(PairFilter(), after: nil, limit: 10)
        let languages = Dictionary(
            pairs.map { ($0.url, $0.language) }, uniquingKeysWith: { first, _ in first })
        #expect(languages == ["http://a.test/long.png": "en", "http://a.test/short.png": "de"])
        #expect(pairs.allSatisfy { $0.licence == "http://a.test/terms" })
    }
}
