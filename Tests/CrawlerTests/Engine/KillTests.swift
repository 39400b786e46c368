import Foundation
import GRDB
import PairStore
import QueryBank
import TestSupport
import Testing

@testable import Crawler

/// Crawls that are killed outright and go on.
@Suite(.serialized) struct KillTests {
    /// SIGKILL at random moments, again and again: the set is that of an undisturbed crawl, and no page that the frontier
    /// called done before a kill is asked for after it.
    @Test func killedCrawlsEndWithTheSameSet() async throws {
        let site = GallerySite(pages: 60, picturesPerPage: 6, seed: 9)
        let nginx = try Nginx { try site.write(to: $0) }
        let fixture = try CrawlFixture(perQuery: 3)
        let (store, seed) = (fixture.storePath, nginx.url("/"))
        var random = SeededGenerator(seed: 2)
        var done: Set<String> = []
        var seen = 0
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
                    try? KillTests.noteDonePages(store)
                    kill(getpid(), SIGKILL)
                }
                _ = try await crawl.run()
                try await Task.sleep(for: .seconds(5))
            }
            try expectNone(of: done, in: nginx.requests().dropFirst(seen))
            seen = try nginx.requests().count
            done.formUnion(try Self.notedPages(store))
        }
        #expect(!done.isEmpty)
        try await fixture.crawl(CrawlFixture.configuration([seed]))
        try expectNone(of: done, in: nginx.requests().dropFirst(seen))
        #expect(try fixture.set() == oracle(site, nginx, fixture))
        let report = try StoreVerifier(store).run()
        #expect(report.damaged.isEmpty)
    }

    private func expectNone(of done: Set<String>, in requests: some Sequence<Nginx.Request>) {
        let again = requests.map(\.path).filter(done.contains)
        #expect(again.isEmpty, "done before the kill, and asked for after it")
    }

    /// Writes down which pages the frontier calls done, as a reader sees its file while the crawl runs.
    private static func noteDonePages(_ store: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let frontier = try DatabaseQueue(path: store + "/crawl.sqlite", configuration: configuration)
        let urls = try frontier.read { try String.fetchAll($0, sql: "SELECT url FROM pages WHERE state = 1") }
        try urls.joined(separator: "\n").write(toFile: store + "/done.txt", atomically: true, encoding: .utf8)
    }

    private static func notedPages(_ store: String) throws -> [String] {
        let text = (try? String(contentsOfFile: store + "/done.txt", encoding: .utf8)) ?? ""
        return try text.split(separator: "\n").map { try WebURL(String($0)).required.target }
    }
}
