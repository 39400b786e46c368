import Crawler
import Fetch
import Foundation
import PairStore
import QueryBank

/// CrawlerBenchmark pages[:N]|pairs|queued:N STORE QUERIES PER-HOST SEED: one crawl of a loopback site without delay,
/// told as JSON. `pages` reads pages, all or N of them, and asks for no picture; `pairs` stores every picture that has a
/// text; `queued:N` stops once N pages wait.
let arguments = CommandLine.arguments
guard arguments.count == 6, let perHost = Int(arguments[4]), let loopback = CIDR("127.0.0.0/8") else {
    FileHandle.standardError.write(
        Data("CrawlerBenchmark pages[:N]|pairs|queued:N STORE QUERIES PER-HOST SEED\n".utf8))
    exit(2)
}
let (mode, folder) = (arguments[1], arguments[2])
let list = try QueryList(contentsOf: arguments[3], cachedIn: folder + "-queries")

var configuration = CrawlConfiguration(seeds: [arguments[5]], userAgent: "wit-benchmark/1.0")
configuration.perHost = perHost
configuration.allowAddress = [loopback]
func number(after prefix: String) -> Int? { mode.hasPrefix(prefix) ? Int(mode.dropFirst(prefix.count)) : nil }
let queued = number(after: "queued:")
// What fills a frontier must come faster than pages are taken from it.
configuration.delay = queued == nil ? .zero : .milliseconds(200)
configuration.maxPages = number(after: "pages:")
configuration.maxPagesPerHost = queued ?? configuration.maxPagesPerHost
if mode != "pairs" {
    configuration.textSources = []
} else {
    // All that the peer stores too: pictures of any size and shape.
    configuration.filters.minSide = 1
    configuration.filters.minBytes = 1
    configuration.filters.maxAspect = 1e9
}

let store = try StoreWriter.open(
    folder,
    configuration: StoreConfiguration(
        listSHA256: list.sha256, queryCount: list.count, seed: 0, perQuery: 1_000_000,
        ruleVersions: CrawlConfiguration.ruleVersions), list: list)
let crawl = try Crawl(configuration, storePath: folder, store: store, bank: QueryBank(list))
let start = ContinuousClock.now
let report = try await crawl.run { if let queued, $0.pagesQueued >= queued { crawl.stop() } }
try store.close()
let elapsed = ContinuousClock.now - start
let facts: [String: Any] = [
    "pages": report.progress.pagesDone, "queued": report.progress.pagesQueued,
    "files": report.progress.images, "bytes": report.progress.bytes,
    "seconds": elapsed / .seconds(1), "end": report.end.rawValue, "drops": report.progress.drops,
]
print(String(decoding: try JSONSerialization.data(withJSONObject: facts), as: UTF8.self))
