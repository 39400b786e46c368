import Fetch
import Foundation
import Synchronization
import TestSupport
import Testing

struct ProxyTests {
    @Test func proxiesOfTheEnvironmentAreNotUsed() async throws {
        let proxy = try RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy")
        let server = try RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        defer {
            proxy.stop()
            server.stop()
        }
        for name in ["http_proxy", "https_proxy", "all_proxy"] { setenv(name, proxy.url(), 1) }
        defer { for name in ["http_proxy", "https_proxy", "all_proxy"] { unsetenv(name) } }
        let outcome = await Fetcher(.test()).fetch(FetchRequest(url: server.url(), maxBodyBytes: 9))
        #expect(outcome.response?.body == Array("ok".utf8))
        #expect(proxy.connections == 0)
    }

    /// A proxy that is named is asked for everything, the refused address included: it connects, not we.
    @Test func aProxyIsUsedWhenItIsNamed() async throws {
        let asked = Mutex<[String]>([])
        let proxy = try RawServer { peer in
            while let request = peer.readRequest() {
                asked.withLock { $0.append(String(request.prefix { !$0.isNewline })) }
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy")
            }
        }
        defer { proxy.stop() }
        var configuration = FetchConfiguration.test(allowing: [])
        configuration.proxy = proxy.url("")
        let request = FetchRequest(url: "http://10.1.2.3/page", maxBodyBytes: 9)
        let outcome = await Fetcher(configuration).fetch(request)
        #expect(outcome.response?.body == Array("proxy".utf8))
        #expect(outcome.response?.remoteAddress == nil, "whose address it is, the proxy alone knows")
        #expect(asked.withLock { $0 } == ["GET http://10.1.2.3/page HTTP/1.1"])
        configuration.userAgent = "nobody"
        #expect(await Fetcher(configuration).fetch(request).failure?.reason == .contactMissing)
    }
}
