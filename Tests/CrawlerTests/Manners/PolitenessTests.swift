import Fetch
import Foundation
import TestSupport
import Testing

@testable import Crawler

/// Politeness under a made-up clock.
struct PolitenessTests {
    /// Drives a `Politeness` by hand: the time is a number of seconds.
    private final class Owner {
        var politeness: Politeness
        let start = ContinuousClock.now
        var seconds = 0.0

        init(_ change: (inout PolitenessConfiguration) -> Void = { _ in }) {
            var configuration = PolitenessConfiguration(agent: "wit")
            change(&configuration)
            politeness = Politeness(configuration, seed: 1)
        }

        var now: ContinuousClock.Instant { start + .seconds(seconds) }

        func site(_ text: String) throws -> Site { Site(try #require(WebURL(text))) }

        func add(_ text: String, _ count: Int = 1) throws {
            politeness.add(try site(text), count: count, now: now)
        }

        func next() -> String {
            switch politeness.next(now: now) {
            case .fetchRobots(let turn): return keep("robots", turn)
            case .fetch(let turn, _): return keep("fetch", turn)
            case .wait(let until): return "wait \(rounded(until))"
            case .idle: return "idle"
            case .retire(let site, let reason): return "retire \(site.host) \(reason.rawValue)"
            }
        }

        var turns: [String: Politeness.Turn] = [:]

        private func keep(_ what: String, _ turn: Politeness.Turn) -> String {
            turns[turn.site.host] = turn
            return "\(what) \(turn.site.host)"
        }

        private func take(_ host: String) throws -> Politeness.Turn {
            let turn = turns.removeValue(forKey: host)
            return try #require(turn)
        }

        private func rounded(_ until: ContinuousClock.Instant) -> Double {
            ((until - start) / .seconds(1) * 1000).rounded() / 1000
        }

        func finish(
            _ host: String, _ outcome: TurnOutcome = .answered(elapsed: .milliseconds(10)),
            address: String? = nil
        ) throws {
            let turn = try take(host)
            politeness.finished(turn, outcome, address: address.flatMap { IPAddress($0) }, now: now)
        }

        func robots(_ host: String, _ text: String = "", address: String? = nil) throws {
            let turn = try take(host)
            politeness.robotsFinished(
                turn, .rules(RobotsRules(parsing: Array(text.utf8))), .answered(elapsed: .milliseconds(10)),
                address: address.flatMap { IPAddress($0) }, now: now)
        }

        func robotsFail(_ host: String, _ outcome: TurnOutcome) throws {
            let turn = try take(host)
            politeness.robotsFinished(turn, .unreachable, outcome, now: now)
        }
    }

    @Test func robotsComeFirstThenOneAtATimeWithTheDelay() throws {
        let owner = Owner()
        #expect(owner.next() == "idle")
        try owner.add("http://a.example/", 2)
        #expect(owner.next() == "robots a.example")
        #expect(owner.next() == "idle")
        owner.seconds = 0.5
        try owner.robots("a.example")
        #expect(owner.next() == "wait 1.5")
        owner.seconds = 1.5
        #expect(owner.next() == "fetch a.example")
        // The second URL waits for the first to end, however long that takes.
        owner.seconds = 9
        #expect(owner.next() == "idle")
        try owner.finish("a.example")
        #expect(owner.next() == "wait 10.0")
        owner.seconds = 10
        #expect(owner.next() == "fetch a.example")
        try owner.finish("a.example")
        owner.seconds = 99
        #expect(owner.next() == "idle")
        #expect(owner.politeness.requestsInFlight == 0)
    }

    @Test func hostsDoNotHoldUpEachOther() throws {
        let owner = Owner()
        for host in ["a", "b", "c"] { try owner.add("http://\(host).\(host)x.example/", 1) }
        #expect(
            (0..<4).map { _ in owner.next() } == [
                "robots a.ax.example", "robots b.bx.example", "robots c.cx.example", "idle",
            ])
    }

    @Test func schemesOfOneHostShareItsLimitButNotItsRobots() throws {
        let owner = Owner { $0.delay = .zero }
        try owner.add("http://a.example/")
        try owner.add("https://a.example/")
        #expect(owner.next() == "robots a.example")
        #expect(owner.next() == "idle")
        try owner.robots("a.example")
        // Two origins: the second one's robots.txt is asked for on its own.
        #expect(owner.next() == "robots a.example")
        try owner.robots("a.example")
        #expect(owner.next() == "fetch a.example")
        #expect(owner.next() == "idle")
        try owner.finish("a.example")
        #expect(owner.next() == "fetch a.example")
    }

    @Test func domainLimitHolds() throws {
        let owner = Owner { ($0.delay, $0.perDomain) = (.zero, 2) }
        for name in ["a", "b", "c", "d"] { try owner.add("http://\(name).example.org/") }
        #expect(
            (0..<3).map { _ in owner.next() } == ["robots a.example.org", "robots b.example.org", "idle"])
        try owner.robots("a.example.org")
        #expect((0..<2).map { _ in owner.next() } == ["robots c.example.org", "idle"])
        try owner.robots("b.example.org")
        #expect((0..<2).map { _ in owner.next() } == ["robots d.example.org", "idle"])
    }

    @Test func placeThatTheFirstInLineCannotTakeIsTheNextOnes() throws {
        let owner = Owner { ($0.delay, $0.perDomain) = (.seconds(10), 1) }
        try owner.add("http://c.example.org/", 2)
        #expect(owner.next() == "robots c.example.org")
        try owner.add("http://a.example.org/")
        try owner.add("http://b.example.org/")
        try owner.robots("c.example.org")
        #expect(owner.next() == "robots a.example.org")
        // While a is asked, c's delay ends, so that c waits for the domain, behind b.
        owner.seconds = 10
        #expect(owner.next() == "idle")
        try owner.robots("a.example.org")
        #expect(owner.next() == "robots b.example.org")
        owner.seconds = 11
        try owner.robots("b.example.org")
        #expect(owner.next() == "fetch c.example.org")
        try owner.add("http://d.example.org/")
        // c's other URL waits for its host, d for the domain behind it, a and b for their delays.
        #expect(owner.next() == "wait 20.0")
        try owner.finish("c.example.org")
        #expect(owner.next() == "robots d.example.org")
    }

    @Test func paceIsFoundAgainFromBelow() throws {
        let owner = Owner { $0.delay = .seconds(1) }
        try owner.add("http://a.example/", 99)
        _ = owner.next()
        try owner.robots("a.example")
        var waits: [Double] = []
        for step in 0..<20 {
            owner.seconds += 1000
            #expect(owner.next() == "fetch a.example")
            owner.seconds += 1
            try owner.finish("a.example", step == 0 ? .slowDown(retryAfter: nil) : .answered(elapsed: .zero))
            waits.append(try #require(Double(owner.next().dropFirst(5))) - owner.seconds)
        }
        #expect(abs(waits[1] - 1.8) < 0.002)
        #expect(abs(waits[4] - 2 * pow(0.9, 4)) < 0.002)
        #expect(waits[19] == 1)
    }

    @Test func addressLimitHoldsOnceKnown() throws {
        let owner = Owner { ($0.delay, $0.perAddress) = (.zero, 1) }
        for name in ["a", "b"] {
            try owner.add("http://\(name).\(name)x.example/")
            #expect(owner.next() == "robots \(name).\(name)x.example")
        }
        for name in ["a", "b"] { try owner.robots("\(name).\(name)x.example", address: "192.0.2.7") }
        #expect((0..<2).map { _ in owner.next() } == ["fetch a.ax.example", "idle"])
        try owner.finish("a.ax.example")
        #expect(owner.next() == "fetch b.bx.example")
    }

    @Test func crawlDelayCountsUpToACap() throws {
        for (text, delay) in [("5", 5.0), ("0.1", 1), ("3600", 30), ("1e300", 30)] {
            let owner = Owner()
            try owner.add("http://a.example/", 2)
            #expect(owner.next() == "robots a.example")
            try owner.robots("a.example", "user-agent: *\ncrawl-delay: \(text)")
            #expect(owner.next() == "wait \(delay)", "\(text)")
        }
    }

    @Test func slowServersAreAskedMoreSlowly() throws {
        let owner = Owner { $0.delay = .milliseconds(100) }
        try owner.add("http://a.example/", 9)
        _ = owner.next()
        try owner.robots("a.example")
        owner.seconds = 1
        #expect(owner.next() == "fetch a.example")
        for _ in 0..<20 {
            try owner.finish("a.example", .answered(elapsed: .seconds(4)))
            try owner.add("http://a.example/")
            owner.seconds += 60
            #expect(owner.next() == "fetch a.example")
        }
        try owner.finish("a.example", .answered(elapsed: .seconds(4)))
        let ready = owner.next()
        #expect(ready.hasPrefix("wait "))
        let wait = try #require(Double(ready.dropFirst(5))) - owner.seconds
        #expect((3.9...4).contains(wait))
    }

    @Test func retryAfterIsHonoured() throws {
        let owner = Owner()
        try owner.add("http://a.example/", 2)
        _ = owner.next()
        try owner.robots("a.example")
        owner.seconds = 1
        #expect(owner.next() == "fetch a.example")
        try owner.finish("a.example", .slowDown(retryAfter: .seconds(120)))
        #expect(owner.next() == "wait 121.0")
    }

    @Test func hostThatWantsTooLongAWaitIsGivenUp() throws {
        let owner = Owner()
        try owner.add("http://a.example/", 2)
        _ = owner.next()
        try owner.robots("a.example")
        owner.seconds = 1
        _ = owner.next()
        try owner.finish("a.example", .slowDown(retryAfter: .seconds(86_400)))
        #expect(owner.next() == "retire a.example retry_after_too_long")
        #expect(owner.next() == "idle")
        try owner.add("http://a.example:8080/")
        #expect(owner.next() == "retire a.example retry_after_too_long")
    }

    @Test(arguments: [
        (TurnOutcome.unreachable, "host_unreachable"), (.slowDown(retryAfter: nil), "host_overloaded"),
    ])
    func deadHostsAreRetiredAfterGrowingWaits(_ outcome: TurnOutcome, _ reason: String) throws {
        let owner = Owner { $0.delay = .zero }
        try owner.add("http://a.example/", 99)
        _ = owner.next()
        try owner.robots("a.example")
        var waits: [Double] = []
        #expect(owner.next() == "fetch a.example")
        while true {
            try owner.finish("a.example", outcome)
            let action = owner.next()
            guard action.hasPrefix("wait ") else {
                #expect(action == "retire a.example \(reason)")
                break
            }
            let until = try #require(Double(action.dropFirst(5)))
            waits.append(until - owner.seconds)
            owner.seconds = until + 0.001
            #expect(owner.next() == "fetch a.example")
        }
        #expect((3...4).contains(waits.count))
        for (index, wait) in waits.enumerated() {
            let full = 2.0 * pow(2, Double(index))
            #expect(wait >= full * 0.499 && wait <= full * 2.1, "\(waits)")
        }
    }

    @Test func unreachableRobotsForbidTheSite() throws {
        let owner = Owner()
        try owner.add("http://a.example/")
        var asked = 0
        while true {
            let action = owner.next()
            if action == "robots a.example" {
                asked += 1
                try owner.robotsFail("a.example", .answered(elapsed: .milliseconds(5)))
            } else if action.hasPrefix("wait ") {
                owner.seconds = try #require(Double(action.dropFirst(5))) + 0.001
            } else {
                #expect(action == "retire a.example robots_unreachable")
                break
            }
        }
        #expect(asked == 4)
    }

    @Test func robotsAreAskedForAgainAfterADay() throws {
        let owner = Owner()
        try owner.add("http://a.example/")
        _ = owner.next()
        try owner.robots("a.example")
        owner.seconds = 1
        #expect(owner.next() == "fetch a.example")
        try owner.finish("a.example")
        try owner.add("http://a.example/")
        owner.seconds = 86_401
        #expect(owner.next() == "robots a.example")
    }

    @Test func turnThatIsNotUsedCostsNoDelay() throws {
        let owner = Owner()
        try owner.add("http://a.example/", 1000)
        _ = owner.next()
        try owner.robots("a.example")
        owner.seconds = 1
        for _ in 0..<1000 {
            #expect(owner.next() == "fetch a.example")
            try owner.finish("a.example", .unused)
        }
        #expect(owner.next() == "idle")
    }

    @Test func memoryIsBounded() throws {
        let owner = Owner { ($0.delay, $0.maxIdleSites) = (.zero, 100) }
        for index in 0..<5000 {
            let host = "h\(index).h\(index)x.example"
            try owner.add("http://\(host)/")
            #expect(owner.next() == "robots \(host)")
            try owner.robots(host)
            #expect(owner.next() == "fetch \(host)")
            try owner.finish(host)
            owner.seconds += 1
        }
        #expect(owner.politeness.siteCount <= 160)
    }

    /// Random events: limits hold at every moment, every URL gets its turn, equal seeds give equal runs.
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func limitsHoldAndEveryURLGetsItsTurn(seed: UInt64) throws {
        let first = try simulate(seed: seed)
        #expect(first.served == first.added)
        #expect(try simulate(seed: seed).log == first.log)
    }

    private struct Running {
        var turn: Politeness.Turn
        var isRobots: Bool
        var ends: ContinuousClock.Instant
        /// Whether the address was known when the turn was given, so that it counts.
        var hasAddress: Bool
    }

    private func simulate(seed: UInt64) throws -> (added: Int, served: Int, log: [String]) {
        var random = SeededGenerator(seed: seed)
        var configuration = PolitenessConfiguration(agent: "wit")
        configuration.delay = .milliseconds(Int.random(in: 0...300, using: &random))
        configuration.perHost = Int.random(in: 1...2, using: &random)
        configuration.perDomain = Int.random(in: 1...3, using: &random)
        configuration.perAddress = Int.random(in: 1...3, using: &random)
        configuration.total = Int.random(in: 2...8, using: &random)
        var politeness = Politeness(configuration, seed: seed)
        let start = ContinuousClock.now
        var time = start
        var running: [Running] = []
        var known: Set<String> = []
        var log: [String] = []
        var (added, served) = (0, 0)
        func address(_ site: Site) -> IPAddress { .v4(UInt32(site.host.utf8.last ?? 0) % 3) }
        for _ in 0..<40 {
            let name =
                "h\(Int.random(in: 0..<9, using: &random)).d\(Int.random(in: 0..<3, using: &random)).example"
            let count = Int.random(in: 1...4, using: &random)
            politeness.add(Site(try #require(WebURL("http://\(name)/"))), count: count, now: time)
            added += count
        }
        for _ in 0..<20_000 {
            var until: ContinuousClock.Instant?
            loop: while true {
                switch politeness.next(now: time) {
                case .fetch(let turn, _), .fetchRobots(let turn):
                    let isRobots = politeness.robots(of: turn.site, now: time) == nil
                    let lasts = Duration.milliseconds(Int.random(in: 1...400, using: &random))
                    running.append(
                        Running(
                            turn: turn, isRobots: isRobots, ends: time + lasts,
                            hasAddress: known.contains(turn.site.host)))
                    log.append("\((time - start) / .milliseconds(1)) \(turn.site.host) \(isRobots)")
                    served += isRobots ? 0 : 1
                case .wait(let time): until = time; break loop
                case .idle: break loop
                case .retire: Issue.record("nothing fails here")
                }
            }
            #expect(running.count <= configuration.total)
            #expect(most(running.map(\.turn.site.host)) <= configuration.perHost)
            #expect(most(running.map(\.turn.site.domain)) <= configuration.perDomain)
            let counted = running.filter(\.hasAddress).map { "\(address($0.turn.site))" }
            #expect(most(counted) <= configuration.perAddress)
            guard let next = (running.map(\.ends) + [until].compactMap { $0 }).min() else { break }
            time = max(time, next)
            let ended = running.filter { $0.ends <= time }
            running.removeAll { $0.ends <= time }
            for (turn, isRobots) in ended.map({ ($0.turn, $0.isRobots) }) {
                known.insert(turn.site.host)
                let outcome = TurnOutcome.answered(elapsed: .milliseconds(20))
                if isRobots {
                    politeness.robotsFinished(
                        turn, .rules(RobotsRules()), outcome, address: address(turn.site), now: time)
                } else {
                    politeness.finished(turn, outcome, address: address(turn.site), now: time)
                }
            }
        }
        return (added, served, log)
    }

    private func most(_ names: [String]) -> Int {
        names.reduce(into: [:]) { $0[$1, default: 0] += 1 }.values.max() ?? 0
    }
}
