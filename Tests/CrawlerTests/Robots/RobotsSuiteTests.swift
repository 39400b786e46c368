import Crawler
import Foundation
import Testing

/// Protego's tests and the robots.txt files it collected, fetched by `scripts/fetch-crawl-suites`.
@Suite(.enabled(if: CrawlSuites.folder != nil, "WIT_TEST_SUITES names no folder with the crawl suites"))
struct RobotsSuiteTests {
    private struct Asked: Decodable {
        let test: String
        let robots: String
        let url: String?
        let agent: String?
        let allowed: Bool?
        let delay: Double?
        let sitemaps: [String]?
    }

    /// Where we follow RFC 9309 and Protego does not: test → number of answers.
    private static let exceptions = [
        // Other records must not interfere (2.2.4): an unknown line does not end a run of agents.
        "test_grouping_unknown_keys": 3,
        // A pattern begins with a slash (2.2.2); one that begins with "http:" matches nothing.
        "test_with_absolute_urls": 1,
        // A "$" at the end of a pattern is the end of the path (2.2.3), not a dollar sign too.
        "test_special_symbols_dual_behaviour": 2,
        // Allowing index.html allows its folder: a rule of Google alone.
        "test_index_html_is_directory": 1,
        // We are asked with a product token (2.2.1), not with a whole User-Agent header or with a wildcard.
        "test_user_agent_boundary_matching[foobot-Mozilla/5.0 (compatible; Foobot/1.0)-True]": 1,
        "test_unicode_url_and_useragent": 1,
        "test_generosity": 1,
    ]

    @Test func protegosOwnTestsHold() throws {
        var failed: [String: Int] = [:]
        var passed = 0
        for row in try CrawlSuites.rows("robots-suite.jsonl", as: Asked.self) {
            let rules = RobotsRules(parsing: Array(row.robots.utf8))
            let isEqual =
                if let sitemaps = row.sitemaps {
                    rules.sitemaps == sitemaps
                } else if let allowed = row.allowed {
                    rules.allows(path: path(row.url ?? ""), agent: row.agent ?? "") == allowed
                } else {
                    rules.crawlDelay(agent: row.agent ?? "") == row.delay
                }
            if isEqual { passed += 1 } else { failed[row.test, default: 0] += 1 }
        }
        #expect(failed == Self.exceptions)
        #expect(passed == 643)
    }

    private func path(_ url: String) -> String {
        if url.hasPrefix("/") { return url }
        if let web = WebURL(url) { return web.target }
        return "/" + url.split(separator: "/").dropFirst(2).joined(separator: "/")
    }

    private struct Site: Decodable {
        let file: String
        let questions: [Question]
    }

    private struct Question: Decodable {
        let agent: String
        let path: String
        let allowed: Bool

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            agent = try row.decode(String.self)
            path = try row.decode(String.self)
            allowed = try row.decode(Bool.self)
        }
    }

    /// Where our answers differ from Protego's: file → number of answers.
    private static let differences = [
        // A "?" in a pattern is one octet (RFC 9309, 2.2.2); Protego counts the three of "%3F".
        "www.thomsonreuters.com": 2, "www.meijer.com": 2, "www.deu.edu.tr": 2, "inform.kz": 2,
        // White space is blank and tab; Protego takes an en space off a pattern's end.
        "www.noip.com": 4,
        // "User-agent: Go 1.1 package http" names "go", as a prefix of "googlebot".
        "www.mobygames.com": 3,
        // Allowing index.html allows its folder: a rule of Google alone.
        "www.toyoko-inn.com": 2,
    ]

    @Test func realSitesAreReadAsProtegoReadsThem() throws {
        var different: [String: Int] = [:]
        var asked = 0
        for site in try CrawlSuites.rows("robots-sites.jsonl", as: Site.self) {
            let rules = RobotsRules(parsing: try CrawlSuites.data("robots/" + site.file))
            for question in site.questions {
                asked += 1
                if rules.allows(path: question.path, agent: question.agent) != question.allowed {
                    different[site.file, default: 0] += 1
                }
            }
        }
        #expect(different == Self.differences)
        #expect(asked == 181_516)
    }

    @Test func everyFileIsRead() throws {
        let folder = try #require(CrawlSuites.folder) + "robots"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(files.count == 4231)
        let rules = try files.map { RobotsRules(parsing: try CrawlSuites.data("robots/" + $0)) }
        #expect(rules.filter { !$0.allows(path: "/admin/", agent: "wit") }.count > 400)
        #expect(rules.reduce(0) { $0 + $1.sitemaps.count } > 3000)
    }
}
