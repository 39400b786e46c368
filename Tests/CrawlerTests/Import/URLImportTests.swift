import Digest
import Foundation
import GRDB
import PairStore
import QueryBank
import TestSupport
import Testing

@testable import Crawler

/// Imports of URL lists against a real nginx.
@Suite(.serialized) struct URLImportTests {
    /// A site's pictures as a list, each on one of two hosts, and the set that the rule makes of it.
    struct Listing {
        let nginx: Nginx
        let fixture: CrawlFixture
        let folder: TemporaryFolder
        let path: String
        let expected: Set<PairIdentity>

        init(seed: UInt64, perQuery: Int, count: Int = 40) throws {
            let site = GallerySite(pages: count, picturesPerPage: 8, seed: seed)
            let nginx = try Nginx { try site.write(to: $0) }
            fixture = try CrawlFixture(perQuery: perQuery)
            folder = try TemporaryFolder("wit-list")
            var lines = ["similarity,caption,url,license"]
            let showings = site.showings.sorted { ($0.path, $0.texts[0]) < ($1.path, $1.texts[0]) }
            for showing in showings {
                lines.append("0.3,\(Self.quoted(showing.texts[0])),\(Self.url(showing, nginx)),CC0")
            }
            lines += [
                "0.3,A gone dog,\(nginx.url("/gone/1.png")),CC0", "0.3,A dog,data:image/png;base64,x,CC0",
            ]
            path = try folder.write("list.csv", lines.joined(separator: "\n").utf8)
            expected = oracle(site, fixture) { Self.url($0, nginx) }
            self.nginx = nginx
        }

        private static func quoted(_ text: String) -> String {
            "\"" + text.replacing("\"", with: "\"\"") + "\""
        }

        private static func url(_ showing: GallerySite.Showing, _ nginx: Nginx) -> String {
            nginx.url(showing.path, host: showing.path.utf8.count % 2 == 0 ? "127.0.0.2" : "127.0.0.3")
        }

        @discardableResult
        func run(
            _ store: CrawlFixture? = nil, _ paths: [String]? = nil,
            _ change: (inout CrawlConfiguration) -> Void = { _ in }
        ) async throws -> CrawlReport {
            let store = store ?? fixture
            var configuration = try CrawlFixture.configuration([])
            change(&configuration)
            var options = ListOptions()
            options.keptColumns = ["similarity"]
            return try await store.importing(.lists(paths ?? [path], options), configuration)
        }
    }

    @Test func anImportGivesTheOraclesSet() async throws {
        let listing = try Listing(seed: 3, perQuery: 3)
        let report = try await listing.run()
        #expect(report.end == .exhausted)
        #expect(try listing.fixture.set() == listing.expected)
        #expect(listing.expected.count > 20)
        let progress = report.progress
        #expect(progress.drops["image_http_404"] == 1 && progress.drops["image_inline"] == 1, "\(progress)")
        #expect(progress.pagesAsked == 0)
        let requests = try listing.nginx.requests()
        #expect(requests.contains { $0.path == "/robots.txt" })
        let pair = try StoreReader.open(listing.fixture.storePath).pairs(PairFilter(), after: nil, limit: 1)
        #expect(pair.first?.textSource == "caption" && pair.first?.pageURL == "list.csv")
        #expect(pair.first?.licence == "CC0")
        #expect(try pair.first?.extra?.values == ["similarity": "0.3"])
        #expect(try StoreVerifier(listing.fixture.storePath).run().damaged.isEmpty)
    }

    @Test func aSecondRunReadsAndAsksNothing() async throws {
        let listing = try Listing(seed: 4, perQuery: 100, count: 6)
        let first = try await listing.run()
        let asked = try listing.nginx.requests().count
        // The same file under another name is the same list.
        let moved = listing.folder.file("moved.csv")
        try FileManager.default.moveItem(atPath: listing.path, toPath: moved)
        let second = try await listing.run(nil, [moved])
        #expect(second.progress.rows == first.progress.rows && first.progress.rows > 10)
        #expect(try listing.nginx.requests().count == asked)
        // Read again, as other columns would make it, everything is known.
        let third = try await listing.run(nil, [moved]) { $0.partition = Partition(number: 1, count: 1) }
        #expect(third.progress.rows == 2 * first.progress.rows)
        #expect(try listing.nginx.requests().count == asked)
        #expect(third.progress.drops["pair_offered_before"] ?? 0 > 0)
    }

    /// Four partitions, each into a store of its own, make the set of one run; no host is met by two of them.
    @Test func partitionsMakeTheSetOfOneRun() async throws {
        let listing = try Listing(seed: 5, perQuery: 3)
        let merged = try CrawlFixture(perQuery: 3)
        var stores: [CrawlFixture] = []
        var hosts: [String: Int] = [:]
        for number in 1...4 {
            let part = try CrawlFixture(perQuery: 3)
            let before = try listing.nginx.requests().count
            try await listing.run(part) { $0.partition = Partition(number: number, count: 4) }
            for host in Set(try listing.nginx.requests().dropFirst(before).map(\.host)) {
                hosts[host, default: 0] += 1
            }
            stores.append(part)
        }
        _ = try StoreMerger.merge(stores.map(\.storePath), into: merged.storePath)
        #expect(try merged.set() == listing.expected)
        #expect(hosts == ["127.0.0.2": 1, "127.0.0.3": 1])
    }

    /// What a live crawl offered, imported from its candidate log: the same pairs and claims.
    @Test func aCrawlsCandidateLogIsAList() async throws {
        let site = GallerySite(pages: 30, picturesPerPage: 6, seed: 6)
        let nginx = try Nginx { try site.write(to: $0) }
        let live = try CrawlFixture(perQuery: 3)
        try await live.crawl(CrawlFixture.configuration([nginx.url("/")]))
        let copy = try CrawlFixture(perQuery: 3)
        let logs = try FileManager.default.contentsOfDirectory(atPath: live.storePath + "/candidates")
        let paths = logs.map { live.storePath + "/candidates/" + $0 }
        try await copy.importing(.lists(paths, ListOptions()), CrawlFixture.configuration([]))
        #expect(try copy.set() == live.set())
        let sources = try [live, copy].map { fixture in
            Set(
                try StoreReader.open(fixture.storePath).pairs(PairFilter(), after: nil, limit: 9_999)
                    .map { "\($0.key) \($0.textSource) \($0.pageURL.hasSuffix(".html"))" })
        }
        #expect(sources[0] == sources[1])
    }

    /// SIGKILL at random moments: the set is that of an undisturbed import, and rows are not read twice.
    @Test func killedImportsEndWithTheSameSet() async throws {
        let listing = try Listing(seed: 7, perQuery: 3, count: 60)
        let (store, path) = (listing.fixture.storePath, listing.path)
        var random = SeededGenerator(seed: 2)
        for _ in 0..<6 {
            let patience = Int.random(in: 60...400, using: &random)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [store = store as String, path = path as String, patience = patience as Int] in
                let fixture = try CrawlFixture(perQuery: 3, storePath: store)
                let writer = try fixture.openStore()
                let work = try Crawl(
                    CrawlFixture.configuration([]), importing: .lists([path], ListOptions()),
                    storePath: store,
                    store: writer, bank: QueryBank(fixture.list))
                Thread.detachNewThread {
                    usleep(UInt32(patience) * 1_000)
                    kill(getpid(), SIGKILL)
                }
                _ = try await work.run()
                try await Task.sleep(for: .seconds(5))
            }
        }
        let report = try await listing.run()
        #expect(try listing.fixture.set() == listing.expected)
        let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count - 1
        #expect(report.progress.rows == rows)
        #expect(try StoreVerifier(store).run().damaged.isEmpty)
    }

    /// What failed in a way that may heal is asked for again when that is wished, and nothing else is.
    @Test func failuresAreRetriedAlone() async throws {
        let names = ["a", "b", "c"]
        let nginx = try Nginx(
            locations: "location /p/ { if (-f $document_root/down) { return 503; } }"
        ) { root in
            try FileManager.default.createDirectory(atPath: root + "/p", withIntermediateDirectories: true)
            for (number, name) in names.enumerated() {
                try GallerySite.stamps[number].picture.write(
                    to: URL(fileURLWithPath: root + "/p/\(name).png"))
            }
            try Data().write(to: URL(fileURLWithPath: root + "/down"))
        }
        let folder = try TemporaryFolder("wit-retry")
        let rows =
            names.map { "\(nginx.url("/p/\($0).png"))\tA red dog \($0)\n" } + [
                "\(nginx.url("/gone.png"))\tA dog\n"
            ]
        let list = try folder.write("list.tsv", rows.joined().utf8)
        let fixture = try CrawlFixture(perQuery: 100)
        var configuration = try CrawlFixture.configuration([])
        configuration.maxTries = 1
        let first = try await fixture.importing(.lists([list], ListOptions()), configuration)
        #expect(first.progress.drops["image_http_503"] == 3, "\(first.progress.drops)")
        try FileManager.default.removeItem(atPath: nginx.root + "/down")
        let again = try await fixture.importing(.lists([list], ListOptions()), configuration)
        #expect(again.progress.pairsKept == 0, "a failure is final until a retry is asked for")
        configuration.retriesFailed = true
        let third = try await fixture.importing(.lists([], ListOptions()), configuration)
        #expect(third.progress.pairsKept == 3)
        #expect(third.progress.drops["image_http_503"] == 0 && third.progress.drops["image_http_404"] == 1)
        #expect(try nginx.requests().count { $0.path == "/gone.png" } == 1)
    }

    @Test func wrongInputIsAnErrorThatSaysWhatToDo() async throws {
        let folder = try TemporaryFolder("wit-wrong")
        let fixture = try CrawlFixture(perQuery: 100)
        let foreign = try folder.write("list.tsv", "https://example.org/a.png\tA red dog\n".utf8)
        let wrong: [(String, String)] = [
            (folder.file("none.csv"), "cannot be read"), (folder.path, "is a folder"),
            (foreign, "names no contact"), (try folder.write("x.csv", "a,b\n1,2\n".utf8), "--url-column"),
        ]
        for (path, says) in wrong {
            let error = await #expect(throws: CrawlerError.self) {
                try await fixture.importing(.lists([path], ListOptions()), CrawlFixture.configuration([]))
            }
            #expect("\(try error.required)".contains(says))
        }
    }

    /// Pictures that an evaluation set holds are left out by their hashes.
    @Test func excludedPicturesAreLeftOut() async throws {
        let listing = try Listing(seed: 8, perQuery: 100, count: 6)
        let victim = try listing.expected.first.required.sha256
        let digest = try SHA256Digest(hex: victim).required
        try await listing.run { $0.excludedHashes = [digest] }
        let expected = listing.expected.filter { $0.sha256 != victim }
        #expect(try listing.fixture.set() == expected)
    }
}
