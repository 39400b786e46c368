/// The time limits of one transfer as a state machine: milestones in, a verdict out. It reads no clock itself.
struct TransferClock {
    typealias Instant = ContinuousClock.Instant

    private enum Stage {
        case connecting
        case waiting(since: Instant, sawByte: Bool)
        case receiving(windowStart: Instant, bytes: Int)
    }

    let limits: TimeLimits
    let start: Instant
    private var stage = Stage.connecting

    init(_ limits: TimeLimits, start: Instant) {
        self.limits = limits
        self.start = start
    }

    /// The connection is ready and the request goes out.
    mutating func connected(at now: Instant) { stage = .waiting(since: now, sawByte: false) }

    /// A header line arrived.
    mutating func headerByte() {
        if case .waiting(let since, false) = stage { stage = .waiting(since: since, sawByte: true) }
    }

    /// The header is complete.
    mutating func headersEnded(at now: Instant) { stage = .receiving(windowStart: now, bytes: 0) }

    /// Bytes of the body arrived.
    mutating func received(_ count: Int) {
        if case .receiving(let start, let bytes) = stage {
            stage = .receiving(windowStart: start, bytes: bytes + count)
        }
    }

    /// The limit that is broken by now, if one is. To be asked at least a few times in each window of speed.
    mutating func verdict(at now: Instant) -> FetchFailure.Reason? {
        if now - start > limits.total { return .timeoutTotal }
        switch stage {
        case .connecting:
            return now - start > limits.connect ? .timeoutConnect : nil
        case .waiting(let since, let sawByte):
            guard now - since > limits.headers else { return nil }
            return sawByte ? .timeoutHeaders : .timeoutFirstByte
        case .receiving(let windowStart, let bytes):
            let elapsed = now - windowStart
            guard limits.lowestBytesPerSecond > 0, elapsed >= limits.speedWindow else { return nil }
            stage = .receiving(windowStart: now, bytes: 0)
            return Double(bytes) < Double(limits.lowestBytesPerSecond) * (elapsed / .seconds(1))
                ? .tooSlow : nil
        }
    }
}
