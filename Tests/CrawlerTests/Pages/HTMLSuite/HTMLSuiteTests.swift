import Foundation
import Testing

@testable import Crawler

/// The cases that Debian's golang-golang-x-net-dev has for HTML, with the counts of SUITES.md: a difference more or less
/// fails.
@Suite(.enabled(if: CrawlSuites.folder != nil, "WIT_TEST_SUITES names no folder with the crawl suites"))
struct HTMLSuiteTests {
    @Test func trees() throws {
        let folder = try #require(CrawlSuites.folder) + "/html-tree"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let cases = try files.flatMap { try TreeCase.read(folder + "/" + $0) }
        let claimed = cases.filter { !$0.isFragment && !$0.isScripted }
        var different: [String] = []
        for test in claimed {
            let (ours, theirs) = (MarkupFacts(reading: test.markup), MarkupFacts(tree: test.tree))
            guard ours != theirs else { continue }
            different.append(test.name)
            if HTMLDifferences.reason(test.name) == nil { Self.show(test, ours, theirs) }
        }
        let unexplained = different.filter { HTMLDifferences.reason($0) == nil }
        let healed = HTMLDifferences.trees.values.flatMap(\.self).filter { !different.contains($0) }
        print(
            "trees: \(cases.count) cases, \(claimed.count - different.count) same, \(different.count) different, "
                + "\(cases.count - claimed.count) not claimed")
        #expect(unexplained.isEmpty && healed.isEmpty, "unexplained \(unexplained), healed \(healed)")
        #expect(cases.count == 1727 && claimed.count == 1531 && different.count == 32)
    }

    @Test func tokens() throws {
        var (count, different): (Int, [String]) = (0, [])
        for test in try CrawlSuites.rows("html-tokens.jsonl", as: TokenCase.self) {
            let ours = TokenCase.tokens(of: test.html)
            count += 1
            guard ours != test.tokens else { continue }
            different.append(test.name)
            if !HTMLDifferences.tokens.contains(test.name) { print(test.name, test.html, ours, test.tokens) }
        }
        print("tokens: \(count) cases, \(count - different.count) same, \(different.count) different")
        #expect(different.sorted() == HTMLDifferences.tokens.sorted())
        #expect(count == 91)
    }

    private static func show(_ test: TreeCase, _ ours: MarkupFacts, _ theirs: MarkupFacts) {
        print("\(test.name): \(String(decoding: test.markup, as: UTF8.self).debugDescription)")
        let (more, less) = (
            ours.elements.subtracting(theirs.elements), theirs.elements.subtracting(ours.elements)
        )
        if !more.isEmpty || !less.isEmpty { print("  elements more \(more.sorted()) less \(less.sorted())") }
        if ours.text != theirs.text {
            print("  text \(ours.text.debugDescription) theirs \(theirs.text.debugDescription)")
        }
    }
}
