import Crawler
import Fetch
import TestSupport
import Testing

struct WebURLTests {
    @Test func parts() throws {
        let url = try #require(WebURL("HTTPS://user:pa:ss@EXAMPLE.org:8443/a/./b/../c?x=1&y#z"))
        #expect(url.href == "https://user:pa%3Ass@example.org:8443/a/c?x=1&y#z")
        #expect(url.scheme == "https")
        #expect(url.username == "user")
        #expect(url.password == "pa%3Ass")
        #expect(url.host == "example.org")
        #expect(url.port == 8443)
        #expect(url.path == "/a/c")
        #expect(url.query == "x=1&y")
        #expect(url.fragment == "z")
        #expect(url.target == "/a/c?x=1&y")
        #expect(url.origin == "https://example.org:8443")
        #expect(url.canonical == "https://example.org:8443/a/c?x=1&y")
        let bare = try #require(WebURL("http://example.org"))
        #expect(bare.path == "/")
        #expect(bare.query == nil)
        #expect(bare.fragment == nil)
        #expect(bare.port == 80)
        #expect(bare.explicitPort == nil)
        #expect(WebURL("http://example.org?")?.query == "")
    }

    @Test(
        arguments: [
            ("x", "http://h/a/x"), ("../x", "http://h/x"), ("../../x", "http://h/x"), ("/x", "http://h/x"),
            ("//o/x", "http://o/x"), ("?x", "http://h/a/b?x"), ("#x", "http://h/a/b?q#x"),
            ("", "http://h/a/b?q"),
            ("http:x", "http://h/a/x"), ("https:x", "https://x/"), ("\\x", "http://h/x"),
            ("\\\\o\\x", "http://o/x"),
            (" \t x\n y ", "http://h/a/x%20y"), ("x%2e/%2E%2e/y", "http://h/a/y"), ("javascript:x", nil),
            ("mailto:a@b", nil), ("data:image/png;base64,AA", nil), ("ftp://h/x", nil), ("http://", nil),
        ] as [(String, String?)])
    func relative(_ text: String, _ expected: String?) {
        #expect(WebURL(text, relativeTo: WebURL("http://h/a/b?q#f"))?.href == expected)
    }

    @Test(
        arguments: [
            ("http://B\u{FC}cher.example/", "xn--bcher-kva.example"),
            ("http://stra\u{DF}e.de/", "xn--strae-oqa.de"),
            ("http://EXAMPLE\u{3002}org/", "example.org"), ("http://%65xample.org", "example.org"),
            ("http://0x7f.1/", "127.0.0.1"), ("http://017700000001/", "127.0.0.1"), ("http://256.1/", nil),
            ("http://[1::0:0:2]/", "[1::2]"), ("http://[::127.0.0.1]/", "[::7f00:1]"),
            ("http://[::1\0]/", nil),
            ("http://a b/", nil), ("http://a%00b/", nil), ("http://xn--/", nil), ("http://a_b.c-/", "a_b.c-"),
            ("http://example.org./", "example.org."), ("http://1.2.3.4.5/", nil), ("http://a@b@c/", "c"),
        ] as [(String, String?)])
    func hosts(_ text: String, _ host: String?) { #expect(WebURL(text)?.host == host) }

    @Test(arguments: [
        ("http://h/%7euser/%41%2f%c3%a9?q=%7E%2b", "http://h/~user/A%2F%C3%A9?q=~%2B"),
        ("http://H:80/a#f", "http://h/a"), ("https://h:443", "https://h/"), ("http://u:p@h/", "http://h/"),
        ("http://h/a?b=2&a=1&utm_source=x", "http://h/a?b=2&a=1&utm_source=x"),
        ("http://h/%zz%4", "http://h/%zz%4"),
    ])
    func canonical(_ text: String, _ expected: String) throws {
        let canonical = try #require(WebURL(text)).canonical
        #expect(canonical == expected)
        #expect(WebURL(canonical)?.canonical == expected)
    }

    @Test(arguments: [
        ("http://www.example.org/", "example.org"), ("http://a.b.example.co.uk/", "example.co.uk"),
        ("http://me.github.io/", "me.github.io"), ("http://github.io/", "github.io"),
        ("http://a.example.org./", "example.org"), ("http://localhost/", "localhost"),
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://[::1]/", "[::1]"), ("http://www.xn--85x722f.com.cn/", "xn--85x722f.com.cn"),
        ("http://a.b.unknown-suffix/", "b.unknown-suffix"),
    ])
    func registeredDomain(_ text: String, _ domain: String) {
        #expect(WebURL(text)?.registeredDomain == domain)
    }

    @Test func addresses() {
        #expect(WebURL("http://2130706433/")?.address == IPAddress("127.0.0.1"))
        #expect(WebURL("http://[::1]/")?.address == IPAddress("::1"))
        #expect(WebURL("http://example.org/")?.address == nil)
    }

    @Test func lengthIsLimited() {
        let room = WebURL.maxBytes - "http://h/".utf8.count
        #expect(WebURL("http://h/" + String(repeating: "x", count: room)) != nil)
        #expect(WebURL("http://h/" + String(repeating: "x", count: room + 1)) == nil)
        #expect(WebURL("http://h/" + String(repeating: " ", count: room / 2) + "x") == nil)
        let base = WebURL("http://h/" + String(repeating: "x/", count: room / 2))
        #expect(base != nil)
        #expect(WebURL(String(repeating: "y", count: 2000), relativeTo: base) == nil)
    }

    /// What is serialised parses to itself, whatever went in, and its parts put together are the whole.
    @Test func serialisingIsStable() {
        var random = SeededGenerator(seed: 1)
        let pieces = [
            "http:", "https:", "/", "\\", "//", "?", "#", "@", ":", "..", ".", "%2e", "%", "a", "\u{E9}",
            "[::1]", "8080",
            " ", "\t", "x.y", "1.2", "0x", "'", "\"", "<", "^", "|", "\0", "\u{7F}",
        ]
        var parsed = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            guard let url = WebURL(text.joined(), relativeTo: WebURL("http://u:p@base.example:81/d/e?q"))
            else { continue }
            parsed += 1
            #expect(WebURL(url.href)?.href == url.href)
            #expect(url.href.utf8.allSatisfy { $0 > 32 && $0 < 127 })
            let login =
                url.username.isEmpty && url.password.isEmpty
                ? "" : url.username + (url.password.isEmpty ? "" : ":" + url.password) + "@"
            let port = url.explicitPort.map { ":\($0)" } ?? ""
            let tail = url.target + (url.fragment.map { "#" + $0 } ?? "")
            #expect(url.href == "\(url.scheme)://\(login)\(url.host)\(port)\(tail)")
        }
        #expect(parsed > 5000)
    }
}
