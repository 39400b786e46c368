import Fetch
import Foundation
import TestSupport
import Testing

struct AddressPolicyTests {
    @Test(arguments: [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:0:53aa:64c::1", "2001:10::1", "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
        "2a00:1450::5efe:7f00:1", "2a00:1450::200:5efe:7f00:1",
    ])
    func refused(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!AddressPolicy().permits(address))
        #expect(AddressPolicy().refusal(of: address)?.isEmpty == false)
        let network = try #require(CIDR(text))
        #expect(AddressPolicy(allowing: [network]).permits(address))
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "198.17.255.255",
        "198.20.0.0", "223.255.255.255", "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450:4001::200e",
    ])
    func permitted(_ text: String) throws {
        #expect(AddressPolicy().permits(try #require(IPAddress(text))))
    }

    @Test func allowingOneNetworkAllowsNoOther() throws {
        let policy = AddressPolicy(allowing: [try #require(CIDR("127.0.0.2/32"))])
        #expect(policy.permits(try #require(IPAddress("127.0.0.2"))))
        #expect(!policy.permits(try #require(IPAddress("127.0.0.1"))))
        #expect(!policy.permits(try #require(IPAddress("::ffff:127.0.0.2"))))
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/+8", "::1/129", "x/8", "1.2.3.4/8/8",
        "[::1]",
        "1.2.3.4/0008", "fe80::1%eth0",
    ])
    func badNetwork(_ text: String) { #expect(CIDR(text) == nil) }

    @Test func networksAgreeWithComparingBits() throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            let a = UInt32.random(in: 0...UInt32.max, using: &random)
            let b = Int.random(in: 0...32, using: &random)
            // Half of the time an address that differs in one bit.
            let flip = UInt32(1) << UInt32.random(in: 0..<32, using: &random)
            let other = Bool.random(using: &random) ? a ^ flip : a
            let expected = digits(a).prefix(b) == digits(other).prefix(b)
            let network = try #require(CIDR("\(IPAddress.v4(a))/\(b)"))
            #expect(network.contains(.v4(other)) == expected)
            #expect(!network.contains(.v6(UInt128(other))))
            let wide = try #require(CIDR("\(IPAddress.v6(UInt128(a) << 96))/\(b)"))
            #expect(wide.contains(.v6(UInt128(other) << 96 | 77)) == expected)
        }
        #expect(CIDR("0.0.0.0/0")?.contains(.v4(.max)) == true)
        #expect(CIDR("::/0")?.contains(.v6(.max)) == true)
        #expect(CIDR("127.0.0.1/8")?.description == "127.0.0.0/8")
    }

    /// All 32 binary digits.
    private func digits(_ number: UInt32) -> String {
        let text = String(number, radix: 2)
        return String(repeating: "0", count: 32 - text.count) + text
    }

    @Test(
        arguments: [
            ("127.0.0.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("0x7f.1", "127.0.0.1"),
            ("0177.0.0.1", "127.0.0.1"),
            ("127.1", "127.0.0.1"), ("[::1]", "::1"), ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
            ("localhost", nil),
            ("x.localhost", nil), ("0", "0.0.0.0"), ("169.254.169.254", "169.254.169.254"),
            ("[::ffff:169.254.169.254]", "::ffff:169.254.169.254"), ("[fd00:ec2::254]", "fd00:ec2::254"),
            ("10.0.0.1", "10.0.0.1"), ("[2002:7f00:1::1234:5678:9abc]", "2002:7f00:1::1234:5678:9abc"),
        ] as [(String, String?)])
    func noWayAround(_ host: String, _ address: String?) async throws {
        // Something listens, so that only the policy can be in the way.
        let server = try RawServer.answering(FetcherTests.ok)
        defer { server.stop() }
        let fetcher = Fetcher(.test(allowing: []))
        let outcome = await fetcher.fetch(
            FetchRequest(url: "http://\(host):\(server.port)/", maxBodyBytes: 9))
        #expect(outcome.failure?.reason == .addressRefused, "\(outcome)")
        #expect(outcome.isTransient == false)
        if let address { #expect(outcome.failure?.detail.hasPrefix("\(address) is ") == true, "\(outcome)") }
        #expect(server.connections == 0)
    }

    @Test(arguments: ["http://127.0.0.1", "http://169.254.169.254", "http://[::1]", "http://localhost"])
    func redirectToAPrivateAddressIsRefusedWhenAskedFor(_ host: String) async throws {
        let victim = try RawServer.answering(FetcherTests.ok)
        let server = try RawServer(host: "127.0.0.9") { peer in
            guard peer.readRequest() != nil else { return }
            peer.send("HTTP/1.1 302 Found\r\nLocation: \(host):\(victim.port)/\r\nContent-Length: 0\r\n\r\n")
        }
        defer {
            victim.stop()
            server.stop()
        }
        let fetcher = Fetcher(.test(allowing: ["127.0.0.9"]))
        let first = await fetcher.fetch(FetchRequest(url: server.url(), maxBodyBytes: 9))
        let target = try #require(first.response?.redirectTarget)
        let second = await fetcher.fetch(FetchRequest(url: target, maxBodyBytes: 9))
        #expect(second.failure?.reason == .addressRefused)
        #expect(victim.connections == 0)
    }

    @Test func contactIsRequiredBeyondThisMachine() async throws {
        var configuration = FetchConfiguration.test(allowing: ["127.0.0.0/8", "192.0.2.0/24"])
        configuration.userAgent = "wit/0.1"
        let fetcher = Fetcher(configuration)
        let away = await fetcher.fetch(FetchRequest(url: "http://192.0.2.1/", maxBodyBytes: 9))
        #expect(away.failure?.reason == .contactMissing)
        let server = try RawServer.answering(FetcherTests.ok)
        defer { server.stop() }
        #expect(await fetcher.fetch(FetchRequest(url: server.url(), maxBodyBytes: 9)).response != nil)
    }

    @Test(arguments: [
        ("wit/0.1 (+https://example.org/bot)", true), ("wit/0.1 (crawler@example.org)", true), ("wit", false),
        ("wit/0.1 (mailto:a@example.org)", true), ("wit/0.1 http://", false), ("wit/0.1 @home", false),
        ("wit/0.1 (+https://localhost)", false), ("", false),
    ])
    func contact(_ agent: String, _ expected: Bool) {
        #expect(FetchConfiguration.namesContact(agent) == expected)
    }

    @Test(arguments: [
        ("localhost", false), ("a.LOCALHOST", false), ("127.9.9.9", false), ("[::1]", false),
        ("example.org", true),
        ("10.0.0.1", true), ("localhost.example.org", true), ("[::ffff:127.0.0.1]", true),
    ])
    func contactByHost(_ host: String, _ expected: Bool) {
        #expect(FetchConfiguration.requiresContact(host: host) == expected)
    }
}
