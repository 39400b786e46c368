public import Fetch
internal import Foundation

/// Decides which site may be asked next, and when: one request in flight and a delay for each host, limits for
/// each registered domain and address, slower when the server is, robots.txt first.
///
/// A state machine: events in (`add`, `finished`, `robotsFinished`), actions out (`next`). It does no I/O, reads
/// no clock and draws its jitter from a seed. Not thread-safe; one owner keeps it.
public struct Politeness: Sendable {
    /// A point in time of the injected clock.
    public typealias Instant = ContinuousClock.Instant

    /// Leave to make one request to a site, to be given back with `finished` or `robotsFinished`.
    public struct Turn: Sendable {
        /// The site that may be asked.
        public let site: Site
        fileprivate let lanes: [Lanes.Key]
        fileprivate let hold: Lanes.Hold
    }

    /// What the owner should do now.
    public enum Action: Sendable {
        /// Ask for the site's robots.txt, then call `robotsFinished`.
        case fetchRobots(Turn)
        /// Take one of the site's URLs and, if the rules allow it, ask for it, then call `finished`.
        case fetch(Turn, RobotsRules)
        /// Nobody may be asked before that time, unless an event comes first.
        case wait(until: Instant)
        /// Nothing can be done until an event comes.
        case idle
        /// The host is given up: the URLs that were added for the site are forgotten here.
        case retire(Site, RetireReason)
    }

    private enum RobotsState: Sendable {
        case unknown
        case asked
        case known(RobotsRules, until: Instant)
    }

    private struct SiteState: Sendable {
        var pending = 0
        var robots = RobotsState.unknown
        var robotsFailures = 0
        /// Waits in `timers` or in a lane.
        var isQueued = false
        var lastUsed: Instant
    }

    private struct HostState: Sendable {
        var pace = HostPace()
        var address: IPAddress?
        var sites: [Site] = []
    }

    private let configuration: PolitenessConfiguration
    private var jitter: JitterSource
    private var sites: [Site: SiteState] = [:]
    private var hosts: [String: HostState] = [:]
    private var lanes: Lanes
    private var retired: [String: RetireReason] = [:]
    private var toRetire: [(Site, RetireReason)] = []
    private var timers = TimerQueue<Site>()
    private var inFlight = 0
    private var sweepAt: Int

    /// Starts without any site; equal seeds and equal events give equal actions.
    public init(_ configuration: PolitenessConfiguration, seed: UInt64) {
        self.configuration = configuration
        jitter = JitterSource(state: seed)
        lanes = Lanes(configuration)
        sweepAt = configuration.maxIdleSites
    }
}

// MARK: - Events

extension Politeness {
    /// The owner has more URLs for a site. A host that was given up is not asked again: then the next action
    /// retires the site.
    public mutating func add(_ site: Site, count: Int = 1, now: Instant) {
        guard count > 0 else { return }
        if sites[site] == nil {
            forgetIdleSites(now: now)
            sites[site] = SiteState(lastUsed: now)
            hosts[site.host, default: HostState()].sites.append(site)
        }
        sites[site]?.pending += count
        if let reason = retired[site.host] {
            retire(site, reason)
        } else {
            enqueue(site, at: now)
        }
    }

    /// A request to a site has ended, or was not needed.
    ///
    /// - Parameter address: the address that answered.
    public mutating func finished(
        _ turn: Turn, _ outcome: TurnOutcome, address: IPAddress? = nil, now: Instant
    ) {
        learn(address, of: turn.site)
        settle(turn, outcome, now: now)
    }

    /// The request for a site's robots.txt has ended.
    ///
    /// - Parameters:
    ///   - outcome: how the request to the site itself went.
    ///   - address: the address that answered.
    ///   - age: how long ago the answer was given.
    public mutating func robotsFinished(
        _ turn: Turn, _ answer: RobotsAnswer, _ outcome: TurnOutcome, address: IPAddress? = nil,
        age: Duration = .zero, now: Instant
    ) {
        learn(address, of: turn.site)
        switch answer {
        case .rules(let rules):
            sites[turn.site]?.robots = .known(rules, until: now + configuration.robotsLifetime - age)
            sites[turn.site]?.robotsFailures = 0
            let delay = rules.crawlDelay(agent: configuration.agent)
            hosts[turn.site.host]?.pace.crawlDelay = delay.map { .seconds(min($0, 1e6)) }
            settle(turn, outcome, now: now)
        case .unreachable:
            sites[turn.site]?.robots = .unknown
            sites[turn.site]?.robotsFailures += 1
            // An answer that is no help (500) must slow us down like one that does not come.
            if case .answered = outcome {
                settle(turn, .slowDown(retryAfter: nil), now: now)
            } else {
                settle(turn, outcome, now: now)
            }
            if let failures = sites[turn.site]?.robotsFailures, failures >= configuration.maxFailures {
                giveUp(turn.site.host, .robotsUnreachable)
            }
        }
    }
}

// MARK: - Actions

extension Politeness {
    /// What to do now. To be called again after every action, until it says `wait` or `idle`.
    public mutating func next(now: Instant) -> Action {
        if let (site, reason) = toRetire.popLast() { return .retire(site, reason) }
        guard inFlight < configuration.total else { return .idle }
        while let site = timers.popDue(at: now) {
            guard let place = sites.index(forKey: site) else { continue }
            sites.values[place].isQueued = false
            guard sites.values[place].pending > 0 else { continue }
            if case .asked = sites.values[place].robots { continue }
            let keys = lanes.keys(of: site, address: hosts[site.host]?.address)
            let action = admit(site, keys, now: now)
            // A place that this site was woken for and did not take is the next one's.
            for key in keys { wake(key, now: now) }
            if let action { return action }
        }
        return timers.nextTime.map { .wait(until: $0) } ?? .idle
    }

    private mutating func admit(_ site: Site, _ keys: [Lanes.Key], now: Instant) -> Action? {
        guard let ready = lanes.join(site, keys, now: now) else {
            sites[site]?.isQueued = true
            return nil
        }
        if ready > now {
            enqueue(site, at: ready)
            return nil
        }
        return issue(site, keys, now: now)
    }

    private mutating func issue(_ site: Site, _ keys: [Lanes.Key], now: Instant) -> Action {
        let delay = hosts[site.host]?.pace.delay(configuration) ?? configuration.delay
        lanes.take(keys)
        let turn = Turn(site: site, lanes: keys, hold: lanes.hold(site.host, until: now + delay))
        inFlight += 1
        let rules = robots(of: site, now: now)
        if let place = sites.index(forKey: site) {
            sites.values[place].lastUsed = now
            if rules == nil { sites.values[place].robots = .asked } else { sites.values[place].pending -= 1 }
        }
        guard let rules else { return .fetchRobots(turn) }
        enqueue(site, at: now)
        return .fetch(turn, rules)
    }
}

// MARK: - Bookkeeping

extension Politeness {
    private mutating func settle(_ turn: Turn, _ outcome: TurnOutcome, now: Instant) {
        inFlight -= 1
        lanes.release(turn.lanes)
        if outcome == .unused { lanes.rescind(turn.hold) }
        let host = turn.site.host
        let chance = jitter.next()
        switch hosts[host]?.pace.advise(outcome, configuration, jitter: chance) {
        case .wait(let wait)? where wait > .zero: lanes.hold(host, until: now + wait)
        case .wait?: break
        case .giveUp(let reason)?: giveUp(host, reason)
        case nil: break
        }
        sites[turn.site]?.lastUsed = now
        // Whoever waited comes first.
        for key in turn.lanes { wake(key, now: now) }
        enqueue(turn.site, at: now)
    }

    private mutating func enqueue(_ site: Site, at time: Instant) {
        guard let place = sites.index(forKey: site), sites.values[place].pending > 0,
            !sites.values[place].isQueued, retired.isEmpty || retired[site.host] == nil
        else { return }
        sites.values[place].isQueued = true
        timers.add(site, at: time)
    }

    private mutating func wake(_ key: Lanes.Key, now: Instant) {
        if let site = lanes.nextWaiting(key) { timers.add(site, at: now) }
    }

    private mutating func learn(_ address: IPAddress?, of site: Site) {
        if let address { hosts[site.host]?.address = address }
    }

    private mutating func giveUp(_ host: String, _ reason: RetireReason) {
        guard retired[host] == nil else { return }
        retired[host] = reason
        for site in hosts[host]?.sites ?? [] { retire(site, reason) }
    }

    private mutating func retire(_ site: Site, _ reason: RetireReason) {
        guard let state = sites[site], state.pending > 0 else { return }
        sites[site]?.pending = 0
        toRetire.append((site, reason))
    }

    /// Keeps memory bounded: of the sites without work, the longest unused half goes.
    private mutating func forgetIdleSites(now: Instant) {
        guard sites.count >= sweepAt else { return }
        let idle = sites.filter { entry in
            if case .asked = entry.value.robots { return false }
            return entry.value.pending == 0 && !entry.value.isQueued
        }
        for (site, _) in idle.sorted(by: { $0.value.lastUsed < $1.value.lastUsed }).prefix(
            (idle.count + 1) / 2)
        {
            sites[site] = nil
            hosts[site.host]?.sites.removeAll { $0 == site }
            if hosts[site.host]?.sites.isEmpty == true { hosts[site.host] = nil }
        }
        lanes.forgetIdle(now: now)
        sweepAt = max(configuration.maxIdleSites, sites.count * 3 / 2)
    }
}

// MARK: - Questions

extension Politeness {
    /// The rules of a site's robots.txt, if they are known and fresh; otherwise add the site and wait for its
    /// turn.
    public func robots(of site: Site, now: Instant) -> RobotsRules? {
        guard case .known(let rules, let until)? = sites[site]?.robots, until > now else { return nil }
        return rules
    }

    /// Why a host was given up; `nil` when it was not.
    public func retirement(of host: String) -> RetireReason? { retired[host] }

    /// How many requests are in flight.
    public var requestsInFlight: Int { inFlight }

    /// How many sites are remembered.
    public var siteCount: Int { sites.count }
}
