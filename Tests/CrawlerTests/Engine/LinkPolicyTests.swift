import Testing

@testable import Crawler

@Suite struct LinkPolicyTests {
    @Test(arguments: [
        (CrawlScope.host, ["a.example.co.uk"]),
        (.domain, ["a.example.co.uk", "b.example.co.uk", "example.co.uk"]),
        (.any, ["a.example.co.uk", "b.example.co.uk", "example.co.uk", "other.co.uk"]),
    ])
    func scope(_ scope: CrawlScope, admitted: [String]) throws {
        var configuration = CrawlConfiguration(seeds: [], userAgent: "t/1")
        configuration.scope = scope
        let policy = LinkPolicy(configuration, seeds: [try WebURL("http://a.example.co.uk/").required])
        let hosts = ["a.example.co.uk", "b.example.co.uk", "example.co.uk", "other.co.uk"]
        for host in hosts {
            let url = try WebURL("https://\(host):8443/x").required
            #expect((policy.fault(ofPage: url) == nil) == admitted.contains(host), "\(host)")
            #expect(policy.fault(ofImage: url) == nil, "pictures may come from anywhere")
        }
    }

    private static let numbers = (0..<30).map(String.init)

    /// Paths and queries, and whether they look like a trap.
    private static let targets: [(target: String, isTrap: Bool)] = [
        ("a/b/c/d", false), ("a/a/a/b", false), ("a/a/a/a", true), ("x/cal/y/cal/z/cal/w/cal", true),
        ("", false),
        (String(repeating: "x", count: 2_100), true), (numbers.prefix(24).joined(separator: "/"), false),
        (numbers.prefix(25).joined(separator: "/"), true),
        ("?" + numbers.prefix(16).joined(separator: "&"), false),
        ("?" + numbers.prefix(17).joined(separator: "&"), true),
    ]

    @Test(arguments: targets) func traps(_ target: String, isTrap: Bool) throws {
        #expect(TrapRules.isTrap(try WebURL("http://h.test/" + target).required) == isTrap)
    }

    @Test(arguments: [
        ("http://bad.test/x", true), ("https://www.bad.test/", true), ("http://notbad.test/", false),
        ("http://ads.example.org/", true), ("http://example.org/album/1.jpg", true),
        ("http://example.org/albums", false),
        ("http://example.org/one.html", true), ("http://example.org/one.html?x", false),
        ("http://test/", false),
    ])
    func blocklist(_ address: String, isBlocked: Bool) throws {
        let list = Blocklist(
            lines: """
                # our own list
                bad.test        # a host and all below it
                0.0.0.0 ads.example.org
                https://never.test:99/
                http://example.org/album/
                http://example.org/one.html
                """)
        #expect(list.blocks(try WebURL(address).required) == isBlocked)
    }
}
