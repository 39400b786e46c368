import Decode
import Digest
import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

@testable import Crawler

/// Imports of WebDataset shards; no server runs.
@Suite struct ShardImportTests {
    /// A sample as somebody's tool writes it.
    struct Sample {
        var key: String
        var picture: Data
        var text: String?
        var facts: [String: String]?
        var ending = "png"
    }

    private let folder: TemporaryFolder
    private let fixture: CrawlFixture

    init() throws {
        folder = try TemporaryFolder("wit-wds")
        fixture = try CrawlFixture(perQuery: 100)
    }

    /// Writes a shard with GNU tar.
    private func shard(_ name: String, _ samples: [Sample]) throws -> String {
        let content = folder.file(name + ".d")
        try FileManager.default.createDirectory(atPath: content, withIntermediateDirectories: true)
        var names: [String] = []
        func add(_ ending: String, _ data: Data, _ key: String) throws {
            try data.write(to: URL(fileURLWithPath: "\(content)/\(key).\(ending)"))
            names.append("\(key).\(ending)")
        }
        for sample in samples {
            if !sample.picture.isEmpty { try add(sample.ending, sample.picture, sample.key) }
            if let text = sample.text { try add("txt", Data(text.utf8), sample.key) }
            if let facts = sample.facts { try add("json", JSONEncoder().encode(facts), sample.key) }
        }
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/tar")
        tar.arguments = ["-cf", folder.file(name), "-C", content] + names
        try tar.run()
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0)
        return folder.file(name)
    }

    private func run(
        _ paths: [String], keeping kept: [String] = [], into store: CrawlFixture? = nil,
        _ change: (inout CrawlConfiguration) -> Void = { _ in }
    ) async throws -> CrawlReport {
        var configuration = CrawlConfiguration(seeds: [], userAgent: "wit")
        configuration.isOffline = true
        change(&configuration)
        return try await (store ?? fixture).importing(
            .shards(paths, keptFields: kept), configuration)
    }

    private func pairs() throws -> [PairRecord] {
        try StoreReader.open(fixture.storePath).pairs(PairFilter(), after: nil, limit: 10_000)
    }

    @Test func samplesOfAllKindsAreTaken() async throws {
        let stamps = GallerySite.stamps.map(\.picture)
        let laion = [
            "url": "http://img.test/a%7eb.png", "caption": "not this one", "license": "CC0", "LANGUAGE": "en",
            "page_url": "http://page.test/", "similarity": "0.31",
        ]
        let long = ["caption": "A dog", "notes": String(repeating: "x", count: ExtraFields.maxBytes)]
        let path = try shard(
            "a.tar",
            [
                Sample(key: "000", picture: stamps[0], text: "A red dog", facts: laion),
                Sample(key: "001", picture: stamps[1], text: nil, facts: ["caption": "A blue bird"]),
                Sample(key: "002", picture: stamps[2], text: "A cat", ending: "PNG"),
                Sample(key: "003", picture: stamps[3], text: "Nothing known"),
                Sample(key: "004", picture: Data(), text: "A dog"),
                Sample(key: "005", picture: stamps[4]),
                Sample(key: "006", picture: Data("no picture, only text that is long".utf8), text: "A tree"),
                Sample(key: "007", picture: Data(count: 2_000), text: "A tree"),
                Sample(key: "008", picture: stamps[5], facts: long),
            ])
        let report = try await run([path], keeping: ["all"])
        #expect(report.end == .exhausted && report.progress.rows == 9)
        #expect(
            report.progress.drops == [
                "pair_no_query": 1, "row_no_picture": 1, "pair_no_text": 1, "image_too_few_bytes": 1,
                "image_unknown_format": 1, "row_extra_too_long": 1,
            ], "\(report.progress.drops)")
        let pairs = try pairs().sorted { $0.text < $1.text }
        #expect(pairs.map(\.text) == ["A blue bird", "A cat", "A red dog"])
        let red = try pairs.last.required
        #expect(red.url == "http://img.test/a~b.png" && red.pageURL == "http://page.test/")
        #expect(red.licence == "CC0" && red.language == "en" && red.textSource == "caption")
        #expect(try red.extra?.values == ["similarity": "0.31"] && pairs[0].extra == nil)
        // RFC 6920 for a picture that lies nowhere.
        let digest = Data(SHA256Digest(of: [UInt8](stamps[2])).bytes).base64EncodedString()
        let name = digest.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        #expect(pairs[1].url == "ni:///sha-256;" + name && pairs[1].pageURL == "a.tar")
        #expect(try StoreVerifier(fixture.storePath).run().damaged.isEmpty)
    }

    /// The set is that of the rule, whatever the order of shards, and a second run has nothing to do.
    @Test func orderDoesNotMatter() async throws {
        var random = SeededGenerator(seed: 5)
        let stamps = GallerySite.stamps
        var paths: [String] = []
        for number in 0..<3 {
            let samples = (0..<80).map { place in
                let index = Int.random(in: 0..<stamps.count, using: &random)
                let stamp = stamps[index]
                let facts = ["url": "http://img.test/\(index).png"]
                return Sample(
                    key: "\(number)-\(place)", picture: stamp.picture, text: stamp.caption, facts: facts)
            }
            paths.append(try shard("\(number).tar", samples))
        }
        let (one, other) = (try CrawlFixture(perQuery: 3), try CrawlFixture(perQuery: 3))
        let first = try await run(paths, into: one)
        for path in paths.reversed() { _ = try await run([path], into: other) }
        #expect(try one.set() == other.set())
        #expect(try one.set().count > 10)
        let again = try await run(paths, into: one)
        #expect(again.progress.rows == 240 && first.progress.rows == 240)
        #expect(again.progress.drops == first.progress.drops)
    }

    /// Every sample belongs to exactly one part, those without an address too.
    @Test func partsMakeTheWhole() async throws {
        let stamps = GallerySite.stamps
        let samples = (0..<40).map { place in
            let facts = ["url": "http://host\(place % 7).test/\(place).png"]
            return Sample(
                key: "\(place)", picture: stamps[place].picture, text: "A dog \(place)",
                facts: place % 2 == 0 ? facts : nil)
        }
        let path = try shard("parts.tar", samples)
        _ = try await run([path])
        let parts = try (1...3).map { _ in try CrawlFixture(perQuery: 100) }
        for (number, part) in parts.enumerated() {
            _ = try await run([path], into: part) { $0.partition = Partition(number: number + 1, count: 3) }
        }
        let sets = try parts.map { try $0.set() }
        #expect(sets.allSatisfy { !$0.isEmpty })
        #expect(sets.map(\.count).reduce(0, +) == 40)
        #expect(Set(sets.flatMap { $0.map(\.text) }) == Set(try fixture.set().map(\.text)))
    }

    /// Pictures are stored as they were made over, and what is said of a pair is said of that file. A candidate that comes
    /// later for one of them finds it as it is.
    @Test(arguments: [ImageEncoder.Format.jpeg, .png, .webp])
    func picturesAreMadeOver(format: ImageEncoder.Format) async throws {
        let stamps = GallerySite.stamps.map(\.picture)
        func samples(_ text: String) -> [Sample] {
            (0..<6).map { place in
                Sample(
                    key: "\(place)", picture: stamps[place], text: "\(text) \(place)",
                    facts: ["url": "http://img.test/\(place).png"])
            }
        }
        let remake = ImageRemake(
            resize: ImageResize(.border, size: 48), format: format, quality: 90)
        for text in ["A red dog", "A blue cat"] {
            let path = try shard(text.count == 9 ? "one.tar" : "two.tar", samples(text))
            let report = try await run([path]) { $0.remake = remake }
            #expect(report.progress.drops.isEmpty, "\(report.progress.drops)")
        }
        let pairs = try pairs()
        #expect(pairs.count == 12)
        #expect(pairs.allSatisfy { $0.width == 48 && $0.height == 48 && $0.format == format.rawValue })
        for (_, same) in Dictionary(grouping: pairs, by: \.url) {
            #expect(Set(same.map(\.sha256)).count == 1 && Set(same.map(\.phash)).count == 1)
        }
        #expect(try StoreVerifier(fixture.storePath).run().damaged.isEmpty)
    }

    @Test func aDamagedShardCountsUpToTheDamage() async throws {
        let stamps = GallerySite.stamps.map(\.picture)
        let samples = (0..<6).map { Sample(key: "\($0)", picture: stamps[$0], text: "A dog \($0)") }
        let path = try shard("cut.tar", samples)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        bytes.removeLast(bytes.count / 3)
        try folder.write("cut.tar", bytes)
        let whole = try shard("whole.tar", [Sample(key: "x", picture: stamps[9], text: "A whole cat")])
        let report = try await run([path, whole])
        #expect(report.progress.drops["row_shard_damaged"] == 1)
        let texts = Set(try pairs().map(\.text))
        #expect(texts.contains("A dog 0") && texts.contains("A whole cat") && texts.count < 7)
    }

    /// Our own shards are shards: text, source, page and licence come along.
    @Test func aStoresShardsAreShards() async throws {
        let listing = try URLImportTests.Listing(seed: 12, perQuery: 100, count: 8)
        try await listing.run()
        let shards = listing.fixture.storePath + "/shards/"
        let names = try FileManager.default.contentsOfDirectory(atPath: shards).sorted()
        _ = try await run(names.map { shards + $0 })
        #expect(try fixture.set() == listing.expected)
        #expect(try pairs().allSatisfy { $0.licence == "CC0" && $0.url.hasPrefix("http://127.0.0.") })
    }

    /// SIGKILL in the midst: no sample is lost.
    @Test func killedImportsLoseNothing() async throws {
        let stamps = GallerySite.stamps
        let samples = (0..<400).map { place in
            Sample(
                key: "\(place)", picture: stamps[place % stamps.count].picture,
                text: "A dog \(place) \(stamps[place % stamps.count].caption)")
        }
        let path = try shard("many.tar", samples)
        let calm = try CrawlFixture(perQuery: 1_000)
        _ = try await run([path], into: calm)
        let killed = try CrawlFixture(perQuery: 1_000)
        let store = killed.storePath
        for patience in [80, 160, 240, 320] {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [store = store as String, path = path as String, patience = patience as Int] in
                let fixture = try CrawlFixture(perQuery: 1_000, storePath: store)
                let writer = try fixture.openStore()
                var configuration = CrawlConfiguration(seeds: [], userAgent: "wit")
                configuration.isOffline = true
                let work = try Crawl(
                    configuration, importing: .shards([path]), storePath: store, store: writer,
                    bank: QueryBank(fixture.list))
                Thread.detachNewThread {
                    usleep(UInt32(patience) * 1_000)
                    kill(getpid(), SIGKILL)
                }
                _ = try await work.run()
                try await Task.sleep(for: .seconds(5))
            }
        }
        _ = try await run([path], into: killed)
        #expect(try killed.set() == calm.set())
        #expect(try calm.set().count > 300)
    }
}
