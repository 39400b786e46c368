import Foundation
import TestSupport
import Testing

@testable import Fetch

struct TransferClockTests {
    let limits = TimeLimits(
        connect: .seconds(3), headers: .seconds(4), total: .seconds(60), lowestBytesPerSecond: 100,
        speedWindow: .seconds(5))
    let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func connecting() {
        var clock = TransferClock(limits, start: start)
        #expect(clock.verdict(at: at(3)) == nil)
        #expect(clock.verdict(at: at(3.1)) == .timeoutConnect)
    }

    @Test func headers() {
        var clock = TransferClock(limits, start: start)
        clock.connected(at: at(2))
        #expect(clock.verdict(at: at(6)) == nil)
        #expect(clock.verdict(at: at(6.1)) == .timeoutFirstByte)
        clock.headerByte()
        #expect(clock.verdict(at: at(6.1)) == .timeoutHeaders)
    }

    @Test func speedIsMeasuredInEachWindow() {
        var clock = TransferClock(limits, start: start)
        clock.connected(at: at(1))
        clock.headersEnded(at: at(2))
        clock.received(500)
        #expect(clock.verdict(at: at(6.9)) == nil)
        #expect(clock.verdict(at: at(7)) == nil)
        clock.received(499)
        #expect(clock.verdict(at: at(12)) == .tooSlow)
    }

    @Test func speedCheckCanBeOff() {
        var limits = limits
        limits.lowestBytesPerSecond = 0
        var clock = TransferClock(limits, start: start)
        clock.connected(at: at(1))
        clock.headersEnded(at: at(2))
        #expect(clock.verdict(at: at(60)) == nil)
        #expect(clock.verdict(at: at(60.1)) == .timeoutTotal)
    }
}

struct TransferQueueTests {
    @Test func hostsTakeTurnsAndLimitsHold() {
        var queue = TransferQueue<String>(total: 3, perHost: 2)
        for name in ["a1", "a2", "a3", "b1"] { queue.add(name, host: String(name.prefix(1))) }
        #expect([queue.next(), queue.next(), queue.next(), queue.next()] == ["a1", "b1", "a2", nil])
        queue.finished(host: "b")
        #expect(queue.next() == nil)
        queue.finished(host: "a")
        #expect(queue.next() == "a3")
        queue.finished(host: "a")
        queue.finished(host: "a")
        #expect(queue.running == 0)
        #expect(queue.hostCount == 0)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func everyElementRunsOnceInItsHostsOrderWithinTheLimits(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (total, perHost) = (Int.random(in: 1...6, using: &random), Int.random(in: 1...3, using: &random))
        var queue = TransferQueue<Int>(total: total, perHost: perHost)
        var running: [String: Int] = [:]
        var order: [String: [Int]] = [:]
        var added: [String: [Int]] = [:]
        for step in 0..<400 {
            let host = "h\(Int.random(in: 0..<5, using: &random))"
            if Bool.random(using: &random) {
                queue.add(step, host: host)
                added[host, default: []].append(step)
            } else if running[host, default: 0] > 0 {
                running[host, default: 0] -= 1
                queue.finished(host: host)
            }
            start()
        }
        while let host = running.first(where: { $0.value > 0 })?.key {
            running[host, default: 0] -= 1
            queue.finished(host: host)
            start()
        }
        #expect(order == added)
        #expect(queue.hostCount == 0)

        func start() {
            while let element = queue.next() {
                guard let host = added.first(where: { $0.value.contains(element) })?.key else { return }
                running[host, default: 0] += 1
                order[host, default: []].append(element)
                #expect(running[host, default: 0] <= perHost)
            }
            #expect(running.values.reduce(0, +) <= total)
            #expect(queue.running == running.values.reduce(0, +))
        }
    }
}

struct HTTPHeadTests {
    private func head(_ lines: [String]) -> HTTPHead {
        var head = HTTPHead()
        for line in lines { Array((line + "\r\n").utf8).withUnsafeBytes { head.add(line: $0) } }
        return head
    }

    @Test func interimAnswersArePassedOver() {
        let head = head(["HTTP/1.1 103 Early Hints", "Link: x", "", "HTTP/2 204", "A: b", ""])
        #expect(head.status == 204)
        #expect(head.headers.fields.map(\.name) == ["A"])
        #expect(head.isComplete)
    }

    @Test func headIsNotCompleteBeforeItsEnd() {
        #expect(!head(["HTTP/1.1 200 OK", "A: b"]).isComplete)
        #expect(!head(["HTTP/1.1 100 Continue", ""]).isComplete)
        #expect(!head([""]).isComplete)
    }

    @Test func linesThatAreNoFieldsAreDropped() {
        let head = head([
            "HTTP/1.0 200", " folded at once", "no colon", ": no name", "a:", "b: x\u{7f}", "HTTP/1.1 500 X",
            "",
        ])
        #expect(head.status == 200)
        #expect(head.headers["a"] == "")
        #expect(head.headers.fields.map(\.name) == ["a", "b"])
    }
}

struct RetryTests {
    private let url = "http://example.org/"

    private func answer(_ status: Int) -> FetchOutcome { .response(FetchResponse(url: url, status: status)) }

    @Test func onlyWhatHealsIsAskedForAgain() {
        let policy = RetryPolicy()
        let healing = [408, 425, 429, 500, 502, 503, 504]
        for status in 200..<600 {
            let wait = policy.delay(after: answer(status), attempt: 1, jitter: 0)
            #expect((wait != nil) == healing.contains(status), "\(status)")
        }
        let reasons = FetchFailure.Reason.allCases.filter { reason in
            policy.delay(after: .failure(FetchFailure(reason, url: url)), attempt: 1, jitter: 0) != nil
        }
        #expect(
            Set(reasons) == [
                .dnsFailed, .connectionFailed, .connectionReset, .timeoutConnect, .timeoutFirstByte,
                .timeoutHeaders, .timeoutTotal, .tooSlow, .bodyTruncated, .engineFailed,
            ])
    }

    @Test func waitsDoubleWithJitterUpToTheLimit() {
        let policy = RetryPolicy(maxAttempts: 99, firstDelay: .seconds(1), maxDelay: .seconds(10))
        #expect(policy.backoff(attempt: 1, jitter: 0) == .seconds(0.5))
        #expect(policy.backoff(attempt: 3, jitter: 0) == .seconds(2))
        #expect(policy.backoff(attempt: 3, jitter: 0.5) == .seconds(3))
        #expect(policy.backoff(attempt: 60, jitter: 1) == .seconds(10))
        #expect(policy.delay(after: answer(503), attempt: 99, jitter: 0) == nil)
    }

    @Test func serversWishCounts() {
        let policy = RetryPolicy(maxAttempts: 3, firstDelay: .seconds(1), maxDelay: .seconds(10))
        #expect(
            policy.delay(after: answer(503), attempt: 1, retryAfter: .seconds(7), jitter: 0) == .seconds(7))
        #expect(policy.delay(after: answer(503), attempt: 1, retryAfter: .seconds(11), jitter: 0) == nil)
        #expect(policy.delay(after: answer(404), attempt: 1, retryAfter: .seconds(1), jitter: 0) == nil)
    }

    @Test(
        arguments: [
            ("120", 120), ("0", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 37),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 37),
            ("Sun Nov  6 08:49:37 1994", 37), ("Sun, 06 Nov 1994 08:48:00 GMT", 0), ("-5", nil),
            ("soon", nil), ("", nil),
            ("99999999999999999999", 2_147_483_648), ("1.5", nil),
        ] as [(String, Int?)])
    func retryAfter(_ value: String, _ seconds: Int?) throws {
        let now = try #require(HTTPDate.parse("Sun, 06 Nov 1994 08:49:00 GMT"))
        let response = FetchResponse(url: url, status: 503, headers: HTTPHeaders([("Retry-After", value)]))
        #expect(response.retryAfter(now: now) == seconds.map { .seconds($0) })
    }
}
