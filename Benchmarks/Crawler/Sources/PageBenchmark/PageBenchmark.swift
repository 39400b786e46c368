import CLibXML2
import Crawler
import Foundation

/// PageBenchmark FOLDER...: reads all pages below the folders with our reader and with libxml2's SAX parser, in turn, and
/// prints megabytes a CPU-second. libxml2 parses only: its callbacks are empty.
@main
enum PageBenchmark {
    private static let rounds = 5

    static func main() throws {
        let folders = CommandLine.arguments.dropFirst()
        guard !folders.isEmpty, let url = WebURL("http://h.test/a/b.html") else { throw Usage() }
        let pages = folders.flatMap(pages(below:))
        let bytes = pages.reduce(0) { $0 + $1.count }
        let texts = pages.map { String(decoding: $0, as: UTF8.self) }
        print("\(pages.count) pages, \(bytes) bytes; libxml2 \(LIBXML_DOTTED_VERSION)")
        var found = (links: 0, images: 0)
        var best: [String: Double] = [:]
        func measure(_ name: String, _ body: () -> Void) {
            let start = cpuSeconds()
            body()
            best[name] = max(best[name] ?? 0, Double(bytes) / (cpuSeconds() - start) / 1e6)
        }
        for _ in 0..<rounds {
            measure("libxml2") { for text in texts { LibXMLParser.parse(text) } }
            measure("parse") {
                found = (0, 0)
                for text in texts {
                    let page = PageMeasure.parse(text)
                    found = (found.links + page.links, found.images + page.images)
                }
            }
            measure("read") { for page in pages { _ = PageMeasure.read(page, url: url) } }
        }
        print("\(found.links) links, \(found.images) pictures; best of \(rounds) rounds, MB a CPU-second")
        let peer = best["libxml2"] ?? .nan
        for (name, title) in [
            ("libxml2", "libxml2's SAX parser, empty callbacks"),
            ("parse", "ours: markup to links, pictures, texts"),
            ("read", "ours: all of that, from bytes to resolved addresses and clean texts"),
        ] {
            let speed = best[name] ?? .nan
            print(String(format: "%8.1f  %5.2f  %@", speed, speed / peer, title))
        }
    }

    private static func pages(below folder: String) -> [[UInt8]] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".html") }.sorted().compactMap {
            FileManager.default.contents(atPath: folder + "/" + $0).map { [UInt8]($0) }
        }
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    struct Usage: Error, CustomStringConvertible {
        var description: String { "usage: PageBenchmark FOLDER..." }
    }
}
