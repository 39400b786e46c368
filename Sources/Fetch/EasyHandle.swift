internal import CCurl
internal import Foundation

/// One of libcurl's easy handles, set up once and used for one transfer after another by the engine's thread.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private let callbacks: UnsafeMutablePointer<ccurl_callbacks>
    private let message: UnsafeMutablePointer<CChar>
    /// What libcurl has as header lines.
    private var headers: (lines: [String], list: UnsafeMutablePointer<curl_slist>?) = ([], nil)

    /// A handle with all that no request changes; `nil` when libcurl is out of memory.
    init?(_ configuration: FetchConfiguration) {
        guard let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        callbacks = .allocate(capacity: 1)
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        callbacks.initialize(to: EasyHandle.callbacks)
        ccurl_set_callbacks(pointer, callbacks)
        EasyHandle.configure(pointer, configuration)
        ccurl_set_error_buffer(pointer, message)
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(headers.list)
        callbacks.deallocate()
        message.deallocate()
    }

    /// What libcurl says of the last transfer.
    var errorText: String { String(cString: message) }

    /// Aims the handle at a request. The transfer must stay alive until the handle is aimed again or released.
    func aim(at transfer: Transfer, headerLines: [String]) -> CURLcode {
        set(headerLines)
        callbacks.pointee.context = Unmanaged.passUnretained(transfer).toOpaque()
        message.pointee = 0
        // Where HTTP/2 may come of it, a transfer waits for a connection that is being made and shares that one.
        ccurl_set_long(pointer, CURLOPT_PIPEWAIT, transfer.request.url.hasPrefix("https:") ? 1 : 0)
        sign(transfer.request.signature)
        return ccurl_set_string(pointer, CURLOPT_URL, transfer.request.url)
    }

    /// Most requests have the same header lines as the one before.
    private func set(_ lines: [String]) {
        if lines == headers.lines { return }
        curl_slist_free_all(headers.list)
        headers = (lines, nil)
        for line in lines { headers.list = curl_slist_append(headers.list, line) ?? headers.list }
        ccurl_set_list(pointer, CURLOPT_HTTPHEADER, headers.list)
    }

    /// A handle serves one request after another: the next one must not inherit a key.
    private func sign(_ signature: RequestSignature?) {
        ccurl_set_string(pointer, CURLOPT_USERNAME, signature?.accessKey)
        ccurl_set_string(pointer, CURLOPT_PASSWORD, signature?.secretKey)
        ccurl_set_string(pointer, CURLOPT_AWS_SIGV4, signature?.provider)
        // Asking for signatures sets the way of authentication too; 1 is CURLAUTH_BASIC, the default.
        if signature == nil { ccurl_set_long(pointer, CURLOPT_HTTPAUTH, 1) }
    }

    /// Forgets the transfer.
    func release() { callbacks.pointee.context = nil }

    private static func configure(_ handle: UnsafeMutableRawPointer, _ configuration: FetchConfiguration) {
        ccurl_set_web_only(handle)
        ccurl_set_quick_exit(handle)
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1), (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_HTTP09_ALLOWED, 0),
            (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_DISALLOW_USERNAME_IN_URL, 1),
            (CURLOPT_PATH_AS_IS, 1), (CURLOPT_DNS_CACHE_TIMEOUT, configuration.dnsCacheSeconds),
            (CURLOPT_TCP_NODELAY, 1), (CURLOPT_BUFFERSIZE, 64 << 10),
            // The engine's own limits come first; these catch what they cannot see.
            (CURLOPT_CONNECTTIMEOUT_MS, configuration.timeLimits.connect.milliseconds + 2000),
            (CURLOPT_TIMEOUT_MS, configuration.timeLimits.total.milliseconds + 2000),
        ]
        for (option, value) in numbers { ccurl_set_long(handle, option, value) }
        let texts: [(CURLoption, String?)] = [
            (CURLOPT_USERAGENT, configuration.userAgent), (CURLOPT_ACCEPT_ENCODING, ""),
            // A proxy resolves and connects behind the address policy: the environment's are not used.
            (CURLOPT_PROXY, configuration.proxy ?? ""),
            (CURLOPT_NOPROXY, configuration.proxy == nil ? "*" : ""),
            (CURLOPT_CAINFO, configuration.certificateFile),
        ]
        for (option, value) in texts where value != nil || option != CURLOPT_CAINFO {
            ccurl_set_string(handle, option, value)
        }
    }

    private static var callbacks: ccurl_callbacks {
        ccurl_callbacks(
            header: { bytes, length, context in
                let line = UnsafeRawBufferPointer(start: bytes, count: length)
                return Transfer.behind(context).receive(header: line) ? length : 0
            },
            body: { bytes, length, context in
                Transfer.behind(context).receive(body: UnsafeRawBufferPointer(start: bytes, count: length))
                    ? length : 0
            },
            socket: { context, address in
                guard let address else { return CURL_SOCKET_BAD }
                let ip = ccurl_socket_address(address).flatMap {
                    IPAddress($0, family: address.pointee.family, length: Int(address.pointee.addrlen))
                }
                return Transfer.behind(context).mayConnect(to: ip)
                    ? ccurl_open_socket(address) : CURL_SOCKET_BAD
            },
            ready: { context, address in
                Transfer.behind(context).isReady(address: address.flatMap { IPAddress(String(cString: $0)) })
            },
            context: nil)
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
