import Crawler
import Foundation
import Testing

/// The WHATWG's own cases (`urltestdata.json` of 2022), fetched by `scripts/fetch-crawl-suites`.
@Suite(.enabled(if: CrawlSuites.folder != nil, "WIT_TEST_SUITES names no folder with the crawl suites"))
struct URLSuiteTests {
    @Test func theStandardsOwnCasesHold() throws {
        let rows = try #require(
            try JSONSerialization.jsonObject(with: CrawlSuites.data("url.json")) as? [Any])
        let cases = rows.compactMap { ($0 as? [String: Any]).map(Case.init) }
        var counts: [Case.Outcome: Int] = [:]
        for item in cases {
            counts[item.outcome, default: 0] += 1
            #expect(item.outcome != .wrong, "\(item.input) against \(item.base ?? "nothing")")
        }
        // All 687. A URL of another scheme is none to us: that is the rule, and those cases check it.
        #expect(counts == [.equal: 211, .refused: 240, .otherScheme: 236])
    }
}

private struct Case {
    enum Outcome {
        case equal, refused, otherScheme, wrong
    }

    let input: String
    let base: String?
    let failure: Bool
    let expected: [String: String]

    init(_ row: [String: Any]) {
        input = row["input"] as? String ?? ""
        base = row["base"] as? String
        failure = row["failure"] as? Bool ?? false
        expected = row.compactMapValues { $0 as? String }
    }

    /// Whether the case concerns the web at all.
    var isWeb: Bool { ["http:", "https:"].contains(expected["protocol"]) }

    var outcome: Outcome {
        let url = WebURL(input, relativeTo: base.flatMap { WebURL($0) })
        if failure { return url == nil ? .refused : .wrong }
        if !isWeb { return url == nil ? .otherScheme : .wrong }
        guard let url else { return .wrong }
        let seen = [
            "href": url.href, "protocol": url.scheme + ":", "username": url.username,
            "password": url.password,
            "hostname": url.host, "port": url.explicitPort.map(String.init) ?? "", "pathname": url.path,
            "search": url.query.map { $0.isEmpty ? "" : "?" + $0 } ?? "",
            "hash": url.fragment.map { $0.isEmpty ? "" : "#" + $0 } ?? "", "origin": url.origin,
        ]
        return seen.allSatisfy { expected[$0.key] == nil || expected[$0.key] == $0.value } ? .equal : .wrong
    }
}
