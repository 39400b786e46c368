import Crawler
import Fetch
import Foundation
import TestSupport
import Testing

/// Asking real sockets for robots.txt: each status by RFC 9309, 2.3.1.
struct RobotsFetcherTests {
    private func ask(_ serve: @escaping @Sendable (Peer) -> Void) async throws -> RobotsAnswer {
        let server = try RawServer(serve)
        defer { server.stop() }
        return await robots(of: server.url())
    }

    private func robots(of url: String) async -> RobotsAnswer {
        var configuration = FetchConfiguration(userAgent: "wit-test")
        configuration.addressPolicy = AddressPolicy(allowing: [CIDR("127.0.0.0/8")].compactMap { $0 })
        let fetcher = Fetcher(configuration)
        defer { fetcher.shutdown() }
        guard let url = WebURL(url) else { return .unreachable }
        var manners = PolitenessConfiguration(agent: "wit")
        manners.delay = .zero
        return await RobotsFetcher(fetcher, manners).fetch(Site(url)).answer
    }

    /// Whether `/x` may be fetched; `nil` when nothing is known and so nothing may be.
    private func allows(_ answer: RobotsAnswer) -> Bool? {
        if case .rules(let rules) = answer { rules.allows(path: "/x", agent: "wit") } else { nil }
    }

    @Test(
        arguments: [
            ("200 OK", false), ("404 Not Found", true), ("401 No", true), ("403 Forbidden", true),
            ("410 Gone", true),
            ("429 Slow Down", nil), ("500 Broken", nil), ("503 Busy", nil), ("304 Not Modified", true),
        ] as [(String, Bool?)])
    func statuses(_ status: String, _ expected: Bool?) async throws {
        let answer = try await ask { peer in
            guard peer.readRequest()?.hasPrefix("GET /robots.txt ") == true else { return }
            let body = status.hasPrefix("304") ? "" : "user-agent: *\ndisallow: /"
            peer.send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
        #expect(allows(answer) == expected)
    }

    @Test func noAnswerForbids() async throws {
        #expect(allows(try await ask { $0.reset() }) == nil)
    }

    @Test(arguments: [(5, false), (6, true)])
    func redirectsAreFollowedFiveTimes(_ hops: Int, _ expected: Bool) async throws {
        let answer = try await ask { peer in
            while let request = peer.readRequest() {
                let path = request.split(separator: " ")[1]
                let hop = path == "/robots.txt" ? 0 : Int(path.dropFirst()) ?? 0
                let body = "user-agent: *\ndisallow: /"
                peer.send(
                    hop < hops
                        ? "HTTP/1.1 302 Found\r\nLocation: /\(hop + 1)\r\nContent-Length: 0\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            }
        }
        #expect(allows(answer) == expected)
    }

    @Test func redirectToARefusedAddressForbids() async throws {
        let answer = try await ask { peer in
            while peer.readRequest() != nil {
                peer.send(
                    "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")
            }
        }
        #expect(allows(answer) == nil)
    }

    @Test(
        arguments: [
            ("", #"[{"location": "/x", "tdm-reservation": 1}]"#, OptOut.tdmReservation),
            (
                "", #"[{"location": "/", "tdm-reservation": 1}, {"location": "/x", "tdm-reservation": 0}]"#,
                nil
            ),
            (
                "", #"[{"location": "/x$", "tdm-reservation": 1, "tdm-policy": "https://e.org/p"}]"#,
                .tdmReservation
            ),
            ("", #"[{"location": "/y", "tdm-reservation": 1}, {"location": 7}]"#, nil),
            ("", #"[7, {"location": "/x", "tdm-reservation": 1}]"#, .tdmReservation), ("", "{}", nil),
            ("", "", nil),
            ("user-agent: *\ndisallow: /.well-known/", #"[{"location": "/x", "tdm-reservation": 1}]"#, nil),
        ] as [(String, String, OptOut?)])
    func reservationsAreReadUnlessRobotsForbid(_ robots: String, _ json: String, _ wish: OptOut?) async throws
    {
        let answer = try await ask { peer in
            while let request = peer.readRequest() {
                let body = request.hasPrefix("GET /robots.txt ") ? robots : json
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            }
        }
        guard case .rules(let rules) = answer else {
            Issue.record("no rules")
            return
        }
        #expect(rules.trainingOptOut(path: "/x", agent: "wit") == wish)
    }

    @Test func hundredMegabytesAreReadUpToTheLimit() async throws {
        let answer = try await ask { peer in
            guard peer.readRequest() != nil else { return }
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nuser-agent: *\ndisallow: /x\n")
            while peer.send(String(repeating: "allow: /x\n", count: 1000)) {}
        }
        // Nothing beyond the first half megabyte was waited for, and what was read counts: "allow" wins a tie.
        #expect(allows(answer) == true)
    }
}
