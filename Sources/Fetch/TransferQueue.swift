/// Who may start: a total limit and a limit for each host, first come first served within a host, hosts in turn.
///
/// A host at its limit holds up nobody else. A pure data structure; elements are whatever the caller waits with.
struct TransferQueue<Element> {
    private struct Host {
        var running = 0
        var waiting: [Element] = []
        var head = 0
        var isReady = false

        var hasWaiting: Bool { head < waiting.count }

        mutating func takeFirst() -> Element {
            let element = waiting[head]
            head += 1
            if head * 2 > waiting.count {
                waiting.removeFirst(head)
                head = 0
            }
            return element
        }
    }

    private let total: Int
    private let perHost: Int
    private var hosts: [String: Host] = [:]
    // Hosts that have an element waiting and room for it, in turn.
    private var ready: [String] = []
    private var readyHead = 0

    /// How many elements run.
    private(set) var running = 0

    init(total: Int, perHost: Int) {
        self.total = max(1, total)
        self.perHost = max(1, perHost)
    }

    /// How many hosts have an element that waits or runs.
    var hostCount: Int { hosts.count }

    /// An element wants to run.
    mutating func add(_ element: Element, host: String) {
        hosts[host, default: Host()].waiting.append(element)
        markReady(host)
    }

    /// The next element that may start now; it counts as running until `finished(host:)`.
    mutating func next() -> Element? {
        guard running < total, readyHead < ready.count else { return nil }
        let name = ready[readyHead]
        readyHead += 1
        if readyHead * 2 > ready.count {
            ready.removeFirst(readyHead)
            readyHead = 0
        }
        guard var host = hosts[name] else { return nil }
        let element = host.takeFirst()
        host.running += 1
        host.isReady = false
        running += 1
        hosts[name] = host
        markReady(name)
        return element
    }

    /// An element of the host that ran has ended.
    mutating func finished(host name: String) {
        guard var host = hosts[name], host.running > 0 else { return }
        host.running -= 1
        running -= 1
        hosts[name] = host.running == 0 && !host.hasWaiting ? nil : host
        markReady(name)
    }

    private mutating func markReady(_ name: String) {
        guard let host = hosts[name], !host.isReady, host.hasWaiting, host.running < perHost else { return }
        hosts[name]?.isReady = true
        ready.append(name)
    }
}
