internal import CCurl
internal import Foundation

/// One request on its way: what has arrived, what is wrong with it, and who waits for it.
///
/// `@unchecked Sendable`: whoever asks makes it and hands it over through the engine's mailbox; from then on
/// only the engine's thread touches it.
final class Transfer: @unchecked Sendable {
    let request: FetchRequest
    let host: String
    private let configuration: FetchConfiguration
    private let hasContact: Bool
    private var onEnd: (@Sendable (FetchOutcome) -> Void)?

    /// Set while the transfer runs.
    var handle: EasyHandle?
    private var gate: AddressGate?
    /// The address at which it is counted.
    var place: IPAddress?
    /// Set when the connection was ready but its address had no room.
    private(set) var fullAddress: IPAddress?
    /// The first thing that went wrong on our side; libcurl's own code is then only its echo.
    private(set) var failure: (reason: FetchFailure.Reason, detail: String)?
    var clock: TransferClock

    private var head = HTTPHead()
    private var body: [UInt8] = []
    private var isTruncated = false
    private var remoteAddress: IPAddress?
    private var headerBytes = 0
    private var headerCount = 0

    init(
        _ request: FetchRequest, host: String, configuration: FetchConfiguration, hasContact: Bool,
        onEnd: @escaping @Sendable (FetchOutcome) -> Void
    ) {
        self.request = request
        self.host = host
        self.configuration = configuration
        self.hasContact = hasContact
        self.onEnd = onEnd
        clock = TransferClock(configuration.timeLimits, start: .now)
    }

    /// Whether the outcome was given already.
    var isSettled: Bool { onEnd == nil }

    /// The transfer starts now, perhaps again; the time it waited for its turn does not count.
    func begin(with handle: EasyHandle, gate: AddressGate) {
        self.handle = handle
        self.gate = gate
        fullAddress = nil
        failure = nil
        clock = TransferClock(configuration.timeLimits, start: .now)
    }

    /// Notes the reason that ends the transfer; only the first counts.
    func fail(_ reason: FetchFailure.Reason, _ detail: String) {
        if failure == nil { failure = (reason, detail) }
    }

    /// Gives the outcome to whoever asked, once.
    func settle(_ outcome: FetchOutcome) {
        onEnd?(outcome)
        onEnd = nil
    }
}

// MARK: - What libcurl reports

extension Transfer {
    /// The transfer that a callback of libcurl is about.
    static func behind(_ context: UnsafeMutableRawPointer?) -> Transfer {
        guard let context else { preconditionFailure("a handle without a transfer is never performed") }
        return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// libcurl has an address to connect to. Addresses of other families than IP are refused too.
    func mayConnect(to address: IPAddress?) -> Bool {
        guard let address else {
            fail(.addressRefused, "not an IP address")
            return false
        }
        // Behind a proxy the address is the proxy's own, which the user named.
        if configuration.proxy == nil, let what = configuration.addressPolicy.refusal(of: address) {
            fail(.addressRefused, "\(address) is \(what); --allow-address permits it")
            return false
        }
        if !hasContact, !address.isLoopback || configuration.proxy != nil {
            fail(.contactMissing, "the user agent names no contact URL and \(address) is another machine")
            return false
        }
        // A name may have several addresses: one that is fine outweighs one that was refused.
        failure = nil
        return true
    }

    /// The connection is ready, new or kept alive.
    func isReady(address: IPAddress?) -> Bool {
        failure = nil
        clock.connected(at: .now)
        guard mayConnect(to: address), let address, let gate else { return false }
        if configuration.proxy != nil { return true }
        remoteAddress = address
        if gate.enter(self, address) { return true }
        fullAddress = address
        return false
    }

    /// A header line, line end included.
    func receive(header line: UnsafeRawBufferPointer) -> Bool {
        clock.headerByte()
        headerBytes += line.count
        headerCount += 1
        if headerBytes > configuration.maxHeaderBytes || headerCount > configuration.maxHeaderCount {
            fail(.headersTooLarge, "more than \(headerBytes - line.count) bytes in \(headerCount - 1) lines")
            return false
        }
        guard !head.isComplete else { return true }
        head.add(line: line)
        if head.isComplete { return headEnded() }
        return true
    }

    private func headEnded() -> Bool {
        clock.headersEnded(at: .now)
        guard let length = head.headers["content-length"].flatMap({ Int($0) }), length >= 0 else {
            return true
        }
        if length > request.maxBodyBytes, request.overflow == .fail, head.isSuccess {
            fail(.bodyTooLarge, "\(length) bytes announced, \(request.maxBodyBytes) taken")
            return false
        }
        // What a server announces is not yet memory well spent: at most 256 KiB on its word.
        body.reserveCapacity(min(length, bodyLimit, 256 << 10))
        return true
    }

    /// The body of an error page or a redirect is rarely read: a small part of it is enough.
    private var bodyLimit: Int { head.isSuccess ? request.maxBodyBytes : min(request.maxBodyBytes, 64 << 10) }

    /// Bytes of the body, decompressed.
    func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        clock.received(bytes.count)
        let room = bodyLimit - body.count
        if bytes.count <= room {
            body.append(contentsOf: bytes)
            return true
        }
        if head.isSuccess, request.overflow == .fail {
            fail(.bodyTooLarge, "more than \(request.maxBodyBytes) bytes")
        } else {
            body.append(contentsOf: bytes.prefix(room))
            isTruncated = true
        }
        return false
    }
}

// MARK: - The end

extension Transfer {
    /// The outcome, now that libcurl is done (or that the engine has ended the transfer).
    func outcome(code: CURLcode, message: String) -> FetchOutcome {
        let elapsed = ContinuousClock.now - clock.start
        if let failure = failure ?? curlFailure(code, message) {
            // A refusal page that trickles or breaks off is still a refusal.
            guard head.isComplete, !head.isSuccess, failure.reason.concernsBody else {
                return .failure(
                    FetchFailure(
                        failure.reason, url: request.url, detail: failure.detail,
                        remoteAddress: remoteAddress, elapsed: elapsed))
            }
            isTruncated = true
        }
        return .response(
            FetchResponse(
                url: request.url, status: head.status, headers: head.headers, body: body,
                isBodyTruncated: isTruncated, redirectTarget: redirectTarget, remoteAddress: remoteAddress,
                elapsed: elapsed))
    }

    private var redirectTarget: String? {
        guard (300..<400).contains(head.status), let location = head.headers["location"] else { return nil }
        return RequestURL.resolve(location, against: request.url)
    }

    private func curlFailure(
        _ code: CURLcode, _ message: String
    ) -> (reason: FetchFailure.Reason, detail: String)? {
        if code == CURLE_OK || isTruncated {
            return head.isComplete ? nil : (.protocolError, "an answer without a header")
        }
        let reason = FetchFailure.Reason(code, headBegan: headerCount > 0, headEnded: head.isComplete)
        return (reason, message)
    }
}
