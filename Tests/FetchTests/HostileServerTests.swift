import Fetch
import Foundation
import Synchronization
import TestSupport
import Testing

/// Servers that do everything wrong, each with the reason under which it must be counted, in bounded time.
struct HostileServerTests {
    struct Hostile: CustomTestStringConvertible, Sendable {
        let name: String
        let reason: FetchFailure.Reason
        let limit: @Sendable (inout TimeLimits) -> Void
        let serve: @Sendable (Peer) -> Void

        init(
            _ name: String, _ reason: FetchFailure.Reason,
            limit: @escaping @Sendable (inout TimeLimits) -> Void = { _ in },
            _ serve: @escaping @Sendable (Peer) -> Void
        ) {
            self.name = name
            self.reason = reason
            self.limit = limit
            self.serve = serve
        }

        var testDescription: String { name }
    }

    static let ok = "HTTP/1.1 200 OK\r\n"

    static let slow: @Sendable (inout TimeLimits) -> Void = {
        ($0.lowestBytesPerSecond, $0.speedWindow) = (2000, .milliseconds(400))
    }

    static let hostile = [
        Hostile("never answers", .timeoutFirstByte, limit: { $0.headers = .milliseconds(500) }) { peer in
            while peer.readRequest() != nil {}
        },
        Hostile("slow headers", .timeoutHeaders, limit: { $0.headers = .seconds(2) }) {
            trickle($0, first: ok)
        },
        Hostile("slow body", .tooSlow, limit: slow) {
            trickle($0, first: ok + "Content-Length: 1000000\r\n\r\n")
        },
        Hostile("body that never ends in time", .timeoutTotal, limit: { $0.total = .seconds(2) }) { peer in
            guard peer.readRequest() != nil, peer.send(ok + "\r\n") else { return }
            while peer.send(String(repeating: "x", count: 400)) { usleep(20_000) }
        },
        Hostile("endless body", .bodyTooLarge) {
            endless($0, first: ok + "\r\n", String(repeating: "x", count: 4096))
        },
        Hostile("large body announced", .bodyTooLarge) {
            once($0, ok + "Content-Length: 99999999999\r\n\r\nabc")
        },
        Hostile("endless headers", .headersTooLarge) { endless($0, first: ok, "X-Header: value\r\n") },
        Hostile("endless header line", .headersTooLarge) {
            endless($0, first: ok + "X: ", String(repeating: "v", count: 997))
        },
        Hostile("endless 100 Continue", .headersTooLarge) {
            endless($0, first: "", "HTTP/1.1 100 Continue\r\n\r\n")
        },
        Hostile("endless trailers", .headersTooLarge) {
            endless(
                $0, first: ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", "X-Trailer: value\r\n")
        },
        Hostile("endless chunk size", .bodyTruncated) {
            endless($0, first: ok + "Transfer-Encoding: chunked\r\n\r\n", "0000000000000000")
        },
        Hostile("Content-Length too large", .bodyTruncated) {
            once($0, ok + "Content-Length: 100\r\n\r\nabc")
        },
        Hostile("chunks that break off", .bodyTruncated) {
            once($0, ok + "Transfer-Encoding: chunked\r\n\r\n9\r\nabc")
        },
        Hostile("chunks that are none", .bodyTruncated) {
            once($0, ok + "Transfer-Encoding: chunked\r\n\r\nzzz\r\n")
        },
        Hostile("two lengths", .protocolError) {
            once($0, ok + "Content-Length: 3\r\nContent-Length: -7\r\n\r\nabc")
        },
        Hostile("gzip bomb", .bodyTooLarge) { peer in
            guard peer.readRequest() != nil else { return }
            peer.send(Array((ok + "Content-Encoding: gzip\r\n\r\n").utf8) + GzipBomb.bytes(megabytes: 64))
        },
        Hostile("broken gzip", .badEncoding) {
            once($0, ok + "Content-Encoding: gzip\r\n\r\nnot gzip at all, sorry")
        },
        Hostile("unknown encoding", .badEncoding) { once($0, ok + "Content-Encoding: secret\r\n\r\nabc") },
        Hostile("encodings stacked", .badEncoding) {
            once($0, ok + "Content-Encoding: gzip, gzip, gzip, gzip, gzip, gzip, gzip\r\n\r\nabc")
        },
        Hostile("reset at once", .connectionFailed) { $0.reset() },
        Hostile("reset after the request", .connectionFailed) { peer in
            _ = peer.readRequest()
            peer.reset()
        },
        Hostile("closed after the request", .connectionFailed) { _ = $0.readRequest() },
        Hostile("reset within the header", .connectionReset) { resetting($0, after: ok + "Content-Le") },
        Hostile("reset within the body", .bodyTruncated) {
            resetting($0, after: ok + "Content-Length: 9\r\n\r\nabc")
        },
        Hostile("HTTP/0.9", .protocolError) { once($0, "<html><body>hello</body></html>\n") },
        Hostile("garbage", .protocolError) { peer in
            _ = peer.readRequest()
            peer.send((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) })
        },
    ]

    @Test(arguments: hostile)
    func hostileServer(_ hostile: Hostile) async throws {
        let server = try RawServer(hostile.serve)
        defer { server.stop() }
        let fetcher = Fetcher(.test(hostile.limit))
        defer { fetcher.shutdown() }
        let start = ContinuousClock.now
        let outcome = await fetcher.fetch(FetchRequest(url: server.url(), maxBodyBytes: 1 << 20))
        guard case .failure(let failure) = outcome else {
            Issue.record("\(hostile.name): an answer: \(outcome)")
            return
        }
        #expect(failure.reason == hostile.reason, "\(failure)")
        #expect(ContinuousClock.now - start < .seconds(15))
    }

    @Test func hostThatDoesNotAcceptTimesOut() async throws {
        let server = try RawServer(backlog: 0, nil)
        // The queue of a listener holds one more than its backlog; what comes after is not answered.
        let fillers = (0..<3).map { _ in Client.connect(server.port, isBlocking: false).socket }
        defer { for filler in fillers { close(filler) } }
        let outcome = await Fetcher(.test { $0.connect = .milliseconds(500) }).fetch(
            FetchRequest(url: server.url(), maxBodyBytes: 10))
        #expect(outcome.failure?.reason == .timeoutConnect, "\(outcome)")
    }

    @Test func endlessBodyIsCutOffWhileItStreams() async throws {
        let sent = Atomic(0)
        let server = try RawServer { peer in
            guard peer.readRequest() != nil, peer.send(Self.ok + "\r\n") else { return }
            let block = [UInt8](repeating: 120, count: 64 << 10)
            while peer.send(block) { sent.add(block.count, ordering: .relaxed) }
        }
        defer { server.stop() }
        let outcome = await Fetcher(.test()).fetch(FetchRequest(url: server.url(), maxBodyBytes: 1 << 20))
        #expect(outcome.failure?.reason == .bodyTooLarge)
        // What is beyond the limit sits in socket buffers at most.
        #expect(sent.load(ordering: .relaxed) < 16 << 20)
    }

    @Test(arguments: ["404 Not Found", "302 Found", "500 Broken"])
    func endlessErrorPageIsStillAnAnswer(_ status: String) async throws {
        let server = try RawServer {
            endless(
                $0, first: "HTTP/1.1 \(status)\r\nLocation: /x\r\n\r\n", String(repeating: "x", count: 4096))
        }
        defer { server.stop() }
        let outcome = await Fetcher(.test()).fetch(FetchRequest(url: server.url(), maxBodyBytes: 1 << 20))
        let response = try #require(outcome.response)
        #expect(response.status == Int(status.prefix(3)))
        #expect(response.isBodyTruncated)
        #expect(response.body.count <= 64 << 10)
        #expect(response.redirectTarget == (response.status == 302 ? server.url("/x") : nil))
    }

    @Test func bodyThatIsSteadyIsNotTooSlow() async throws {
        let server = try RawServer { peer in
            guard peer.readRequest() != nil, peer.send(Self.ok + "Content-Length: 100000\r\n\r\n") else {
                return
            }
            for _ in 0..<25 where peer.send(String(repeating: "x", count: 4000)) { usleep(100_000) }
        }
        defer { server.stop() }
        let fetcher = Fetcher(.test { ($0.lowestBytesPerSecond, $0.speedWindow) = (2000, .seconds(1)) })
        let outcome = await fetcher.fetch(FetchRequest(url: server.url(), maxBodyBytes: 1 << 20))
        #expect(outcome.response?.body.count == 100_000, "\(outcome)")
    }

    @Test func errorPageThatTricklesIsStillAnAnswer() async throws {
        let server = try RawServer { trickle($0, first: "HTTP/1.1 404 Not Found\r\n\r\n") }
        defer { server.stop() }
        let outcome = await Fetcher(.test(Self.slow)).fetch(
            FetchRequest(url: server.url(), maxBodyBytes: 1 << 20))
        #expect(outcome.response?.status == 404)
        #expect(outcome.response?.isBodyTruncated == true)
    }

    @Test func shortContentLengthEndsTheBody() async throws {
        let server = try RawServer { once($0, Self.ok + "Content-Length: 3\r\n\r\nabcdef") }
        defer { server.stop() }
        let outcome = await Fetcher(.test()).fetch(FetchRequest(url: server.url(), maxBodyBytes: 100))
        #expect(outcome.response?.body == Array("abc".utf8))
    }

    @Test func oneHostThatHangsHoldsUpNobody() async throws {
        let hanging = try RawServer { peer in while peer.readRequest() != nil {} }
        let good = try RawServer.answering(Self.ok + "Content-Length: 2\r\n\r\nok")
        defer {
            hanging.stop()
            good.stop()
        }
        var configuration = FetchConfiguration.test()
        configuration.maxConcurrent = 8
        configuration.maxPerHost = 2
        let fetcher = Fetcher(configuration)
        let hung = (0..<20).map { _ in
            Task { await fetcher.fetch(FetchRequest(url: hanging.url(), maxBodyBytes: 10)) }
        }
        let start = ContinuousClock.now
        for _ in 0..<50 {
            let outcome = await fetcher.fetch(FetchRequest(url: good.url(), maxBodyBytes: 10))
            #expect(outcome.response?.status == 200)
        }
        #expect(ContinuousClock.now - start < configuration.timeLimits.headers)
        for task in hung { task.cancel() }
        for task in hung { #expect(await task.value.failure?.reason == .cancelled) }
    }
}

private func once(_ peer: Peer, _ answer: String) {
    if peer.readRequest() != nil { peer.send(answer) }
}

private func endless(_ peer: Peer, first: String, _ block: String) {
    guard peer.readRequest() != nil, peer.send(first) else { return }
    while peer.send(block) {}
}

private func trickle(_ peer: Peer, first: String) {
    guard peer.readRequest() != nil, peer.send(first) else { return }
    while peer.send("x") { usleep(50_000) }
}

private func resetting(_ peer: Peer, after answer: String) {
    guard peer.readRequest() != nil, peer.send(answer) else { return }
    usleep(50_000)
    peer.reset()
}
