import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

@testable import Crawler

/// Crawls that are killed outright and go on.
@Suite(.serialized) struct KillTests {
    /// SIGKILL at random moments, again and again: the set is that of an undisturbed crawl, and no page is fetched
    /// again but those that were in flight.
    @Test func killedCrawlsEndWithTheSameSet() async throws {
        let site = GallerySite(pages: 60, picturesPerPage: 6, seed: 9)
        let nginx = try Nginx { try site.write(to: $0) }
        let fixture = try CrawlFixture(perQuery: 3)
        let (store, seed) = (fixture.storePath, nginx.url("/"))
        var random = SeededGenerator(seed: 2)
        for _ in 0..<6 {
            let patience = Int.random(in: 100...500, using: &random)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [store = store as String, seed = seed as String, patience = patience as Int] in
                let fixture = try CrawlFixture(perQuery: 3, storePath: store)
                let writer = try fixture.openStore()
                let configuration = try CrawlFixture.configuration([seed])
                let crawl = try Crawl(
                    configuration, storePath: store, store: writer, bank: QueryBank(fixture.list))
                // The clock starts with the crawl, so that a slow start does not make every kill an early one.
                Thread.detachNewThread {
                    usleep(UInt32(patience) * 1_000)
                    kill(getpid(), SIGKILL)
                }
                _ = try await crawl.run()
                try await Task.sleep(for: .seconds(5))
            }
        }
        try await fixture.crawl(CrawlFixture.configuration([seed]))
        #expect(try fixture.set() == oracle(site, nginx, fixture))
        let pages = try nginx.requests().map(\.path).filter { $0.hasPrefix("/pages") }
        let again = pages.count - Set(pages).count

        // In flight: four transfers, and what waited for its group at most 100 ms.
        #expect(again < 60)
        let report = try StoreVerifier(store).run()
        #expect(report.damaged.isEmpty)
    }
}
