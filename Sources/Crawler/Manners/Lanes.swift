internal import Fetch

/// The limits that sites share: requests in flight by host, registered domain and address, and when a host may be
/// asked next. A site that finds one full waits there, first come first served.
struct Lanes: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Key: Hashable, Sendable {
        case host(String)
        case domain(String)
        case address(IPAddress)
    }

    private struct Lane: Sendable {
        var inFlight = 0
        var notBefore: Instant?
        // A queue as two stacks: the second is the first reversed.
        var arriving: [Site] = []
        var leaving: [Site] = []

        var hasWaiting: Bool { !arriving.isEmpty || !leaving.isEmpty }

        mutating func takeFirst() -> Site? {
            if leaving.isEmpty {
                leaving = arriving.reversed()
                arriving = []
            }
            return leaving.popLast()
        }
    }

    private let configuration: PolitenessConfiguration
    private var lanes: [Key: Lane] = [:]

    init(_ configuration: PolitenessConfiguration) { self.configuration = configuration }

    /// The lanes that a site's requests count in.
    func keys(of site: Site, address: IPAddress?) -> [Key] {
        [.host(site.host), .domain(site.domain)] + (address.map { [.address($0)] } ?? [])
    }

    /// When the site may be asked, as far as its lanes go; `nil` when one is full, where it waits from now on.
    mutating func join(_ site: Site, _ keys: [Key], now: Instant) -> Instant? {
        var ready = now
        for key in keys {
            guard let place = lanes.index(forKey: key) else { continue }
            if lanes.values[place].inFlight >= limit(of: key) {
                lanes.values[place].arriving.append(site)
                return nil
            }
            if let notBefore = lanes.values[place].notBefore { ready = max(ready, notBefore) }
        }
        return ready
    }

    /// Counts a request in all its lanes.
    mutating func take(_ keys: [Key]) {
        for key in keys {
            if let place = lanes.index(forKey: key) {
                lanes.values[place].inFlight += 1
            } else {
                lanes[key] = Lane(inFlight: 1)
            }
        }
    }

    /// A request has ended.
    mutating func release(_ keys: [Key]) {
        // In place: a lane that is taken out and put back is copied, with all that wait in it.
        for key in keys {
            if let place = lanes.index(forKey: key) { lanes.values[place].inFlight -= 1 }
        }
    }

    /// A promise that a host is not asked before a time, and what was promised before it.
    struct Hold: Sendable {
        fileprivate let host: String
        fileprivate let until: Instant
        fileprivate let earlier: Instant?
    }

    /// A host is not asked before a time; an earlier promise of a later time stays.
    @discardableResult
    mutating func hold(_ host: String, until time: Instant) -> Hold {
        let earlier = lanes[.host(host)]?.notBefore
        let until = max(earlier ?? time, time)
        lanes[.host(host), default: Lane()].notBefore = until
        return Hold(host: host, until: until, earlier: earlier)
    }

    /// Takes a promise back, unless a later one was made since.
    mutating func rescind(_ hold: Hold) {
        if lanes[.host(hold.host)]?.notBefore == hold.until {
            lanes[.host(hold.host)]?.notBefore = hold.earlier
        }
    }

    /// Takes the first that waits in a lane with room.
    mutating func nextWaiting(_ key: Key) -> Site? {
        guard let place = lanes.index(forKey: key), lanes.values[place].hasWaiting,
            lanes.values[place].inFlight < limit(of: key)
        else { return nil }
        return lanes.values[place].takeFirst()
    }

    /// How many requests are in flight in a lane.
    func inFlight(_ key: Key) -> Int { lanes[key]?.inFlight ?? 0 }

    /// Drops lanes that say nothing any more.
    mutating func forgetIdle(now: Instant) {
        lanes = lanes.filter {
            $0.value.inFlight > 0 || $0.value.hasWaiting || ($0.value.notBefore ?? now) > now
        }
    }

    private func limit(of key: Key) -> Int {
        switch key {
        case .host: max(1, configuration.perHost)
        case .domain: max(1, configuration.perDomain)
        case .address: max(1, configuration.perAddress)
        }
    }
}
