import Foundation
import TestSupport
import Testing

@testable import Crawler

struct RobotsRulesTests {
    private func rules(_ text: String) -> RobotsRules { RobotsRules(parsing: Array(text.utf8)) }

    /// The example of RFC 9309, 5.1.
    @Test func standardsExample() {
        let rules = rules(
            """
            User-Agent: *
            Disallow: *.gif$
            Disallow: /example/
            Allow: /publications/

            User-Agent: foobot
            Disallow:/
            Allow:/example/page.html
            Allow:/example/allowed.gif

            User-Agent: barbot
            User-Agent: bazbot
            Disallow: /example/page.html

            User-Agent: quxbot
            """)
        #expect(!rules.allows(path: "/a/b.gif", agent: "wit"))
        #expect(rules.allows(path: "/a/b.gif?x", agent: "wit"))
        #expect(!rules.allows(path: "/example/", agent: "wit"))
        #expect(rules.allows(path: "/publications/a", agent: "wit"))
        #expect(rules.allows(path: "/example/page.html", agent: "FooBot/2.1"))
        #expect(!rules.allows(path: "/example/page.htm", agent: "foobot"))
        #expect(!rules.allows(path: "/example/page.html", agent: "barbot"))
        #expect(!rules.allows(path: "/example/page.html", agent: "bazbot"))
        #expect(rules.allows(path: "/example/a.gif", agent: "barbot"))
        #expect(rules.allows(path: "/example/a.gif", agent: "quxbot"))
        #expect(rules.allows(path: "/robots.txt", agent: "foobot"))
    }

    /// The table of RFC 9309, 2.2.2, and the special characters of 2.2.3.
    @Test(arguments: [
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"),
        ("/foo/bar/\u{30C4}", "/foo/bar/%E3%83%84"), ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz"), ("/a/*%2A.html", "/a/file-with-*.html"),
        ("/path/foo-%24", "/path/foo-$"), ("/this/path/exactly$", "/this/path/exactly"),
    ])
    func patternMatches(_ pattern: String, _ path: String) {
        let rules = rules("user-agent: *\ndisallow: \(pattern)")
        #expect(!rules.allows(path: path, agent: "wit"))
    }

    @Test(arguments: [
        ("/a/b", "/a%2Fb"), ("/a%2Fb", "/a/b"), ("/a%2541", "/aA"), ("/A", "/a"), ("/a$b", "/a"),
    ])
    func patternDoesNotMatch(_ pattern: String, _ path: String) {
        #expect(rules("user-agent: *\ndisallow: \(pattern)").allows(path: path, agent: "wit"))
    }

    @Test func groupsOfOneAgentAreMerged() {
        let rules = rules(
            "user-agent: wit\ndisallow: /a\nuser-agent: x\ndisallow: /b\nUSER-AGENT: WIT\ndisallow: /c")
        #expect(["/a", "/b", "/c"].map { rules.allows(path: $0, agent: "wit") } == [false, true, false])
    }

    @Test func otherRecordsDoNotInterfere() {
        let rules = rules("user-agent: a\ncrawl-delay: 5\nsitemap: /s\nhello: x\nuser-agent: b\ndisallow: /")
        #expect(!rules.allows(path: "/x", agent: "a"))
        #expect(!rules.allows(path: "/x", agent: "b"))
        #expect(rules.crawlDelay(agent: "a") == 5)
        #expect(rules.crawlDelay(agent: "b") == nil)
        #expect(rules.sitemaps == ["/s"])
    }

    @Test func delaysAndRates() {
        let rules = rules(
            "user-agent: a\ncrawl-delay: 2.5\nuser-agent: b\nrequest-rate: 1/10s\nuser-agent: c\ncrawl-delay: 1\n"
                + "request-rate: 30/1m 0600-0845\nuser-agent: *\ncrawl-delay: inf\nrequest-rate: 0/5")
        #expect(["a", "b", "c", "d"].map { rules.crawlDelay(agent: $0) } == [2.5, 10, 2, nil])
    }

    @Test func onlyTheFirst500KiBCount() {
        let filler = String(repeating: "# filler of sixteen\n", count: RobotsRules.maxBytes / 20)
        let first = "user-agent: *\ndisallow: /first\n"
        let rules = rules(first + filler + "disallow: /late\n")
        #expect(!rules.allows(path: "/first", agent: "wit"))
        #expect(rules.allows(path: "/late", agent: "wit"))
        // The line that the limit cuts is not half a line: "/" alone would forbid everything.
        let cut =
            String(repeating: "#", count: RobotsRules.maxBytes - 12 - 14) + "\nuser-agent: *\ndisallow: /x"
        #expect(self.rules(cut).allows(path: "/y", agent: "wit"))
    }

    @Test func namedAgentsAreToldApartFromEverybody() {
        let rules = rules("user-agent: *\ndisallow: /\nuser-agent: CCBot\ndisallow: /photos\n")
        #expect(rules.refuses(path: "/photos/1", named: "CCBot"))
        #expect(!rules.refuses(path: "/text", named: "CCBot"))
        #expect(!rules.refuses(path: "/photos/1", named: "img2dataset"))
    }

    @Test func wishesAgainstTraining() {
        let rules = rules(
            """
            User-agent: *
            Content-Signal: search=yes, ai-train=no
            Allow: /
            User-agent: wit
            Content-Usage: train-ai=n
            Content-Usage: /open/ train-ai=y
            Content-Usage: /open/not/ train-ai=n, search=y
            """)
        #expect(rules.trainingOptOut(path: "/x", agent: "other") == .contentSignal)
        #expect(rules.trainingOptOut(path: "/x", agent: "wit") == .contentUsage)
        #expect(rules.trainingOptOut(path: "/open/x", agent: "wit") == nil)
        #expect(rules.trainingOptOut(path: "/open/not/x", agent: "wit") == .contentUsage)
        #expect(
            self.rules("user-agent: *\ncontent-signal: search=yes").trainingOptOut(path: "/", agent: "w")
                == nil)
    }

    @Test(arguments: [
        "", "\u{FEFF}", "\0\0\0", ":", "user-agent", "user-agent:\ndisallow: /", "disallow: /", "<html>: /",
    ])
    func whatCannotBeReadIsPassedOver(_ text: String) {
        #expect(rules(text).allows(path: "/x", agent: "wit"))
    }

    @Test func randomBytesAreHarmless() {
        var random = SeededGenerator(seed: 3)
        let words = [
            "user-agent", "disallow", "allow", ":", "*", "$", "/", "\n", " ", "wit", "%2", "crawl-delay",
            "\0",
        ]
        for _ in 0..<500 {
            let text = (0..<60).map { _ in words.randomElement(using: &random) ?? "" }.joined()
            let rules = rules(text)
            _ = rules.allows(path: "/wit%2", agent: "wit")
            _ = rules.crawlDelay(agent: "wit")
        }
    }

    /// Against the plain definition: a wildcard tries every length.
    @Test func patternsAgreeWithTheNaiveDefinition() {
        func matches(_ pattern: Substring, _ path: Substring) -> Bool {
            guard let first = pattern.first else { return true }
            if first == "$", pattern.count == 1 { return path.isEmpty }
            if first == "*" {
                return matches(pattern.dropFirst(), path)
                    || (!path.isEmpty && matches(pattern, path.dropFirst()))
            }
            return path.first == first && matches(pattern.dropFirst(), path.dropFirst())
        }
        var random = SeededGenerator(seed: 11)
        var hits = 0
        for _ in 0..<20_000 {
            let pattern =
                "/"
                + String(
                    (0..<Int.random(in: 0...6, using: &random)).map { _ in
                        "aab/**$".randomElement(using: &random) ?? "a"
                    })
            let path =
                "/"
                + String(
                    (0..<Int.random(in: 0...8, using: &random)).map { _ in
                        "aab/$".randomElement(using: &random) ?? "a"
                    })
            let expected = matches(pattern[...], path[...])
            hits += expected ? 1 : 0
            #expect(
                !rules("user-agent: *\ndisallow: \(pattern)").allows(path: path, agent: "wit") == expected,
                "\(pattern) \(path)")
        }
        #expect((4000...16_000).contains(hits))
    }

    @Test func hostileFilesCostLittle() {
        let start = ContinuousClock.now
        let agents = (0..<15_000).map { "user-agent: a\($0)\n" }.joined()
        let many = rules(agents + (0..<6000).map { "disallow: /\($0)\ncrawl-delay: \($0)\n" }.joined())
        #expect(!many.allows(path: "/7", agent: "a14999"))
        #expect(many.crawlDelay(agent: "a3") == 5999)
        let wild = rules("user-agent: *\ndisallow: /" + String(repeating: "*a", count: 200_000) + "b")
        #expect(wild.allows(path: "/" + String(repeating: "a", count: 8000), agent: "wit"))
        let long = rules(
            "user-agent: *\n" + String(repeating: "disallow: /*aaaaaaaaaaaaaaab\n", count: 15_000))
        #expect(long.allows(path: "/" + String(repeating: "a", count: 2000), agent: "wit"))
        // Debug code on a busy machine; quadratic work would take minutes.
        #expect(ContinuousClock.now - start < .seconds(40))
    }
}
