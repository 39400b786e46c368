import Fetch
import Foundation
import Synchronization
import TestSupport
import Testing

struct FetcherTests {
    static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test func answerIsWhole() async throws {
        let server = try RawServer.answering(
            "HTTP/1.1 200 Fine\r\nX-A: one\r\nx-a:  two \r\nX-Folded: a\r\n b\r\nETag: \"v1\"\r\n"
                + "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n\r\nhello")
        defer { server.stop() }
        let outcome = await Fetcher(.test()).fetch(FetchRequest(url: server.url("/p?q"), maxBodyBytes: 5))
        let response = try #require(outcome.response)
        #expect(response.status == 200)
        #expect(response.url == server.url("/p?q"))
        #expect(response.body == Array("hello".utf8))
        #expect(!response.isBodyTruncated)
        #expect(response.headers["X-a"] == "one")
        #expect(response.headers.values("x-A") == ["one", "two"])
        #expect(response.headers["x-folded"] == "a b")
        #expect(response.entityTag == "\"v1\"")
        #expect(response.lastModified == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(response.remoteAddress == IPAddress("127.0.0.1"))
        #expect(response.redirectTarget == nil)
    }

    @Test func requestIsAsConfigured() async throws {
        let seen = Mutex("")
        let server = try RawServer { peer in
            guard let request = peer.readRequest() else { return }
            seen.withLock { $0 = request }
            peer.send(Self.ok)
        }
        defer { server.stop() }
        let request = FetchRequest(
            url: server.url("/a/../b?c#d"), accept: "image/*", maxBodyBytes: 9,
            headers: [("X-One", "1"), ("X-Empty", "")], ifNoneMatch: "\"v1\"",
            ifModifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(await Fetcher(.test()).fetch(request).response != nil)
        let lines = seen.withLock { $0 }.components(separatedBy: "\r\n")
        #expect(lines[0] == "GET /a/../b?c HTTP/1.1")
        for line in [
            "Accept: image/*", "User-Agent: wit-test (+https://example.org/)", "X-One: 1", "X-Empty:",
            "If-None-Match: \"v1\"", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
        ] { #expect(lines.contains(line), "\(lines)") }
        #expect(lines.contains { $0.hasPrefix("Accept-Encoding: ") && $0.contains("gzip") })
        #expect(!lines.contains { $0.lowercased().hasPrefix("cookie") })
    }

    @Test func notModifiedIsAnAnswer() async throws {
        let server = try RawServer.answering("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n")
        defer { server.stop() }
        let request = FetchRequest(url: server.url(), maxBodyBytes: 9, ifNoneMatch: "\"v1\"")
        #expect(await Fetcher(.test()).fetch(request).response?.status == 304)
    }

    @Test func connectionsAreKeptAlive() async throws {
        let server = try RawServer.answering(Self.ok)
        defer { server.stop() }
        let fetcher = Fetcher(.test())
        for _ in 0..<20 {
            #expect(await fetcher.fetch(FetchRequest(url: server.url(), maxBodyBytes: 9)).response != nil)
        }
        #expect(server.connections == 1)
    }

    @Test func bodyBeyondTheLimitCanBeCut() async throws {
        let server = try RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")
        defer { server.stop() }
        let fetcher = Fetcher(.test())
        var request = FetchRequest(url: server.url(), maxBodyBytes: 4, overflow: .truncate)
        let cut = await fetcher.fetch(request).response
        #expect(cut?.body == Array("0123".utf8))
        #expect(cut?.isBodyTruncated == true)
        request.maxBodyBytes = 10
        let whole = await fetcher.fetch(request).response
        #expect(whole?.body.count == 10)
        #expect(whole?.isBodyTruncated == false)
        request.maxBodyBytes = 9
        request.overflow = .fail
        #expect(await fetcher.fetch(request).failure?.reason == .bodyTooLarge)
    }

    @Test func compressedBodyArrivesDecompressed() async throws {
        let server = try RawServer { peer in
            guard peer.readRequest() != nil else { return }
            peer.send(
                Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".utf8) + GzipBomb.bytes(megabytes: 1)
            )
        }
        defer { server.stop() }
        let outcome = await Fetcher(.test()).fetch(
            FetchRequest(url: server.url(), maxBodyBytes: 64 << 10, overflow: .truncate))
        #expect(outcome.response?.body == [UInt8](repeating: 0, count: 64 << 10))
    }

    @Test(
        arguments: [
            ("/there", "/there"), ("there", "/a/there"), ("//example.org/x", "http://example.org/x"),
            ("https://example.org/x y", "https://example.org/x%20y"), ("ftp://example.org/", nil),
            ("file:///etc/passwd", nil), ("", nil), ("javascript:alert(1)", nil),
        ] as [(String, String?)])
    func redirectIsReported(_ location: String, _ target: String?) async throws {
        let server = try RawServer.answering(
            "HTTP/1.1 301 Moved\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
        defer { server.stop() }
        let outcome = await Fetcher(.test()).fetch(FetchRequest(url: server.url("/a/b"), maxBodyBytes: 9))
        let response = try #require(outcome.response)
        #expect(response.status == 301)
        if location.isEmpty { return }
        #expect(response.redirectTarget == target.map { $0.hasPrefix("/") ? server.url($0) : $0 })
        #expect(server.connections == 1)
    }

    @Test(arguments: [
        "", "x", "/path", "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "http://",
        "http:///x",
        "http://user:secret@127.0.0.1/", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1\\@example.org/", "http://127.0.0.1/" + String(repeating: "x", count: 9000),
    ])
    func badURLIsRefused(_ url: String) async {
        let outcome = await Fetcher(.test()).fetch(FetchRequest(url: url, maxBodyBytes: 9))
        #expect(outcome.failure?.reason == .badURL, "\(outcome)")
    }

    @Test(arguments: [("X-A", "b\r\nX-C: d"), ("X A", "b"), ("", "b"), ("X-A:", "b"), ("X-A", "b\0c")])
    func headerThatBreaksOutIsRefused(_ name: String, _ value: String) async {
        let request = FetchRequest(url: "http://127.0.0.1:9/", maxBodyBytes: 9, headers: [(name, value)])
        #expect(await Fetcher(.test()).fetch(request).failure?.reason == .badHeader)
    }

    @Test func nothingListensThere() async throws {
        let server = try RawServer(nil)
        let url = server.url()
        server.stop()
        let outcome = await Fetcher(.test()).fetch(FetchRequest(url: url, maxBodyBytes: 9))
        #expect(outcome.failure?.reason == .connectionFailed)
        #expect(outcome.isTransient)
    }

    @Test func nameWithoutAddress() async {
        let outcome = await Fetcher(.test()).fetch(
            FetchRequest(url: "http://nowhere.invalid/", maxBodyBytes: 9))
        // A name server that does not answer is a failed lookup too.
        #expect([.dnsFailed, .timeoutConnect].contains(outcome.failure?.reason), "\(outcome)")
    }

    @Test func cancellationEndsTheTransferAtOnce() async throws {
        let server = try RawServer { peer in while peer.readRequest() != nil {} }
        defer { server.stop() }
        let fetcher = Fetcher(.test())
        let task = Task { await fetcher.fetch(FetchRequest(url: server.url(), maxBodyBytes: 9)) }
        try await Task.sleep(for: .milliseconds(50))
        let start = ContinuousClock.now
        task.cancel()
        #expect(await task.value.failure?.reason == .cancelled)
        #expect(ContinuousClock.now - start < .seconds(5))
        let late = Task {
            try? await Task.sleep(for: .seconds(9))
            return await fetcher.fetch(FetchRequest(url: server.url(), maxBodyBytes: 9))
        }
        late.cancel()
        #expect(await late.value.failure?.reason == .cancelled)
    }

    @Test func shutdownEndsEverything() async throws {
        let server = try RawServer { peer in while peer.readRequest() != nil {} }
        defer { server.stop() }
        var configuration = FetchConfiguration.test()
        configuration.maxPerHost = 1
        let fetcher = Fetcher(configuration)
        let tasks = (0..<5).map { _ in
            Task { await fetcher.fetch(FetchRequest(url: server.url(), maxBodyBytes: 9)) }
        }
        try await Task.sleep(for: .milliseconds(50))
        fetcher.shutdown()
        for task in tasks { #expect(await task.value.failure?.reason == .shutDown) }
        let later = await fetcher.fetch(FetchRequest(url: server.url(), maxBodyBytes: 9))
        #expect(later.failure?.reason == .shutDown)
    }

    @Test func limitByHostHolds() async throws {
        let gauge = Gauge()
        let server = try gauge.server()
        defer { server.stop() }
        var configuration = FetchConfiguration.test()
        configuration.maxPerHost = 3
        let statuses = await fetchAll(Fetcher(configuration), Array(repeating: server.url(), count: 30))
        #expect(statuses == Array(repeating: 200, count: 30))
        #expect((2...3).contains(gauge.most))
    }

    @Test func limitByAddressHoldsWhateverTheName() async throws {
        let gauge = Gauge()
        let server = try gauge.server()
        defer { server.stop() }
        var configuration = FetchConfiguration.test()
        configuration.maxPerAddress = 4
        let urls = (0..<60).map { "http://h\($0 % 30).localhost:\(server.port)/" }
        #expect(await fetchAll(Fetcher(configuration), urls) == Array(repeating: 200, count: 60))
        #expect((2...4).contains(gauge.most))
    }

    @Test func totalLimitHolds() async throws {
        let gauge = Gauge()
        let server = try gauge.server()
        defer { server.stop() }
        var configuration = FetchConfiguration.test()
        configuration.maxConcurrent = 5
        let urls = (0..<60).map { "http://127.0.0.1:\(server.port)/\($0)" }
        configuration.maxPerHost = 60
        configuration.maxPerAddress = 60
        #expect(await fetchAll(Fetcher(configuration), urls) == Array(repeating: 200, count: 60))
        #expect((2...5).contains(gauge.most))
    }

    /// Counts the requests that are in a server at one time.
    private final class Gauge: Sendable {
        private let counts = Mutex((now: 0, most: 0))

        var most: Int { counts.withLock { $0.most } }

        func server() throws -> RawServer {
            try RawServer { [self] peer in
                guard peer.readRequest() != nil else { return }
                counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                usleep(10_000)
                counts.withLock { $0.now -= 1 }
                peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
            }
        }
    }

    /// Without a task: the outcome comes once, that of what is no address and that of a fetcher that was shut down too.
    @Test func outcomesComeWithoutATask() async throws {
        let server = try RawServer { peer in
            guard let request = peer.readRequest(), request.hasPrefix("GET /ok") else { return }
            peer.send(Self.ok)
        }
        defer { server.stop() }
        let silent = try RawServer { peer in _ = peer.readRequest().map { _ in sleep(3) } }
        defer { silent.stop() }
        let fetcher = Fetcher(.test())
        func ask(_ url: String, after: () -> Void = {}) async -> FetchOutcome {
            await withCheckedContinuation { done in
                fetcher.start(FetchRequest(url: url, maxBodyBytes: 9)) { done.resume(returning: $0) }
                after()
            }
        }
        #expect(await ask(server.url("/ok")).response?.body == Array("ok".utf8))
        #expect(await ask("ftp://example.org/").failure?.reason == .badURL)
        #expect(await ask(silent.url()) { fetcher.shutdown() }.failure?.reason == .shutDown)
        #expect(await ask(server.url("/ok")).failure?.reason == .shutDown)
    }

    /// A handle serves one request after another: header lines of one must not stay for the next.
    @Test func headerLinesAreThoseOfTheRequest() async throws {
        let seen = Mutex<[Bool]>([])
        let server = try RawServer { peer in
            while let request = peer.readRequest() {
                seen.withLock { $0.append(request.contains("X-One: 1")) }
                peer.send(Self.ok)
            }
        }
        defer { server.stop() }
        let fetcher = Fetcher(.test())
        for headers in [[("X-One", "1")], [("X-One", "1")], [], [("X-One", "1")]] as [[(String, String)]] {
            let request = FetchRequest(url: server.url(), maxBodyBytes: 9, headers: headers)
            #expect(await fetcher.fetch(request).response != nil)
        }
        #expect(seen.withLock { $0 } == [true, true, false, true])
    }

    @Test func retriesWhatHealsAndNothingElse() async throws {
        let answers = Mutex(["503 Busy", "500 Broken", "200 OK", "404 No", "200 OK"])
        let server = try RawServer { peer in
            while peer.readRequest() != nil {
                let status = answers.withLock { $0.removeFirst() }
                peer.send("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nRetry-After: 0\r\n\r\n")
            }
        }
        defer { server.stop() }
        var configuration = FetchConfiguration.test()
        configuration.retry.firstDelay = .milliseconds(10)
        let fetcher = Fetcher(configuration)
        let request = FetchRequest(url: server.url(), maxBodyBytes: 9)
        #expect(await fetcher.fetch(retrying: request).response?.status == 200)
        #expect(await fetcher.fetch(retrying: request).response?.status == 404)
        #expect(answers.withLock { $0.count } == 1)
    }

    private func fetchAll(_ fetcher: Fetcher, _ urls: [String]) async -> [Int?] {
        await withTaskGroup { group in
            for url in urls {
                group.addTask {
                    await fetcher.fetch(FetchRequest(url: url, maxBodyBytes: 9)).response?.status
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
