internal import CCurl
internal import Foundation

/// What the engine's thread does: start what may run, let libcurl work, hand out outcomes, enforce the limits.
struct EngineLoop {
    /// What arrived in the mailbox since the last look.
    struct Orders {
        var added: [Transfer]
        var cancelled: [Transfer]
        var stop: Bool
    }

    // Often enough for limits of tenths of a second, rare enough to cost nothing.
    private static let sweepInterval = Duration.milliseconds(50)

    /// With more transfers than these under way, traffic is let gather for a moment before it is looked at: libcurl looks at
    /// every transfer each time, with a system call for each.
    private static let fewTransfers = 8
    private static let gatherMicroseconds: UInt32 = 500

    private let multi: MultiHandle
    private let configuration: FetchConfiguration
    private var queue: TransferQueue<Transfer>
    private var active: [UnsafeMutableRawPointer: Transfer] = [:]
    private var idle: [EasyHandle] = []
    private let gate: AddressGate
    private var lastSweep = ContinuousClock.now

    init(_ multi: MultiHandle, _ configuration: FetchConfiguration) {
        self.multi = multi
        self.configuration = configuration
        queue = TransferQueue(total: configuration.maxConcurrent, perHost: configuration.maxPerHost)
        gate = AddressGate(limit: configuration.maxPerAddress)
    }

    /// Works until told to stop.
    mutating func run(_ collect: () -> Orders) {
        blockBrokenPipe()
        while true {
            let orders = collect()
            for transfer in orders.added { queue.add(transfer, host: transfer.host) }
            for transfer in orders.cancelled { cancel(transfer) }
            if orders.stop { return endAll() }
            startWaiting()
            multi.perform()
            while let (easy, code) = multi.nextDone() { finish(easy, code) }
            enforceLimits()
            startWaiting()
            multi.wait(milliseconds: active.isEmpty ? 60_000 : 50)
            if active.count > Self.fewTransfers { usleep(Self.gatherMicroseconds) }
        }
    }

    /// Frees all of libcurl's memory.
    mutating func close() {
        idle = []
        multi.close()
    }

    /// OpenSSL writes to sockets without MSG_NOSIGNAL, so a peer's reset would end the process. The signal goes
    /// to the thread that writes: it is enough to block it here.
    private func blockBrokenPipe() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private mutating func startWaiting() {
        for transfer in gate.takeWoken() { queue.add(transfer, host: transfer.host) }
        while let transfer = queue.next() {
            if let full = gate.fullAddress(for: transfer) {
                gate.park(transfer, at: full)
            } else if !transfer.isSettled, start(transfer) {
                continue
            } else {
                gate.leave(transfer)
            }
            queue.finished(host: transfer.host)
            for transfer in gate.takeWoken() { queue.add(transfer, host: transfer.host) }
        }
    }

    private mutating func start(_ transfer: Transfer) -> Bool {
        func refuse(_ reason: FetchFailure.Reason, _ detail: String) -> Bool {
            transfer.settle(.failure(FetchFailure(reason, url: transfer.request.url, detail: detail)))
            return false
        }
        guard let lines = transfer.request.headerLines() else {
            return refuse(.badHeader, "a control character")
        }
        guard let handle = idle.popLast() ?? EasyHandle(configuration) else {
            return refuse(.engineFailed, "out of memory")
        }
        let code = handle.aim(at: transfer, headerLines: lines)
        transfer.begin(with: handle, gate: gate)
        guard code == CURLE_OK, multi.add(handle) else {
            transfer.handle = nil
            return refuse(.engineFailed, "libcurl refuses the request, code \(code.rawValue)")
        }
        active[handle.pointer] = transfer
        return true
    }

    /// Takes a transfer's handle away from libcurl and settles it, or lets it wait for room at its address.
    private mutating func finish(_ easy: UnsafeMutableRawPointer, _ code: CURLcode) {
        guard let transfer = active.removeValue(forKey: easy), let handle = transfer.handle else { return }
        let message = handle.errorText
        multi.remove(handle)
        handle.release()
        transfer.handle = nil
        idle.append(handle)
        queue.finished(host: transfer.host)
        if let address = transfer.fullAddress, transfer.failure == nil {
            gate.park(transfer, at: address)
        } else {
            gate.leave(transfer)
            transfer.settle(transfer.outcome(code: code, message: message))
        }
    }

    private mutating func enforceLimits() {
        let now = ContinuousClock.now
        guard now - lastSweep >= EngineLoop.sweepInterval else { return }
        lastSweep = now
        for (easy, transfer) in active {
            guard let reason = transfer.clock.verdict(at: now) else { continue }
            transfer.fail(reason, "after \((now - transfer.clock.start).milliseconds) ms")
            finish(easy, CURLE_OPERATION_TIMEDOUT)
        }
    }

    private mutating func cancel(_ transfer: Transfer) {
        guard let handle = transfer.handle else {
            // Not started yet: the queue drops it when its turn comes.
            return transfer.settle(.failure(FetchFailure(.cancelled, url: transfer.request.url)))
        }
        transfer.fail(.cancelled, "")
        finish(handle.pointer, CURLE_ABORTED_BY_CALLBACK)
    }

    private mutating func endAll() {
        for (easy, transfer) in active {
            transfer.fail(.shutDown, "the fetcher was shut down")
            finish(easy, CURLE_ABORTED_BY_CALLBACK)
        }
        var waiting = gate.takeAll() + gate.takeWoken()
        while let transfer = queue.next() {
            waiting.append(transfer)
            queue.finished(host: transfer.host)
        }
        for transfer in waiting {
            transfer.settle(.failure(FetchFailure(.shutDown, url: transfer.request.url)))
        }
    }
}
