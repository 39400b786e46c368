/// The search for hosts that have work and are not in memory: rounds over the frontier's hosts, by number, in slices.
struct HostScan {
    /// Hosts looked at in one step.
    static let sliceSize = 500
    /// Steps follow each other no faster.
    static let pause = Duration.milliseconds(20)

    /// The whole frontier was looked at, and nothing waits, now or later.
    private(set) var foundNothing = false
    private var isNeeded = true
    private var cursor: Int64 = 0
    private var wasCutShort = false
    /// When the next task that waits for its time is due, in milliseconds since 1970.
    private var dueAt: Int64?
    private var notBefore = ContinuousClock.now

    /// A host outside of memory has got work.
    mutating func workCame() {
        isNeeded = true
        foundNothing = false
        cursor = 0
    }

    /// Where to begin a step that is due now, which is to be ended with `took`; nil when none is.
    ///
    /// - Parameters:
    ///   - isIdle: nothing else is under way.
    ///   - clock: milliseconds since 1970.
    mutating func start(now: ContinuousClock.Instant, isIdle: Bool, clock: Int64) -> Int64? {
        guard now >= notBefore else { return nil }
        let isDue = dueAt.map { clock >= $0 } ?? false
        let mustLook = isIdle && !foundNothing && (dueAt == nil || isDue)
        guard isNeeded || wasCutShort || isDue || mustLook else { return nil }
        (isNeeded, wasCutShort) = (false, false)
        notBefore = now + Self.pause
        return cursor
    }

    /// Takes a step's result in: what it found, where it began, when the next task is due if it was the last step.
    ///
    /// - Parameter opened: how many of the hosts had room in memory.
    mutating func took(_ hosts: [WaitingHost], opened: Int, after: Int64, due: Int64?) {
        if opened < hosts.count {
            wasCutShort = true
            cursor = opened > 0 ? hosts[opened - 1].id : after
        } else if hosts.count == Self.sliceSize {
            isNeeded = true
            cursor = hosts[hosts.count - 1].id
        } else {
            cursor = 0
            dueAt = due
            foundNothing = hosts.isEmpty && after == 0 && due == nil && !isNeeded
        }
    }
}
