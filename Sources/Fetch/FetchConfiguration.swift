/// How a fetcher behaves: who it says it is, where it may go, and all its limits.
public struct FetchConfiguration: Sendable {
    /// The `User-Agent` header. It must name a contact (a URL or a mail address) before any server that is not
    /// this machine is asked, as `wit/0.1 (+https://example.org/crawler)` does.
    public var userAgent: String
    /// Whether other machines are asked only by a user agent that names a contact; who reads their own data needs none.
    public var requiresContact = true
    /// Which addresses may be connected to.
    public var addressPolicy: AddressPolicy
    /// The time limits of one transfer.
    public var timeLimits: TimeLimits
    /// The largest header in bytes, all 1xx answers and trailers of the transfer counted together.
    public var maxHeaderBytes: Int
    /// The largest number of header lines, counted in the same way.
    public var maxHeaderCount: Int
    /// The longest URL in bytes.
    public var maxURLBytes: Int
    /// How many transfers run at once; others wait their turn, which no time limit counts.
    public var maxConcurrent: Int
    /// How many transfers run at once to one host and port.
    public var maxPerHost: Int
    /// How many requests are in flight at once to one address, whatever names lead to it: content delivery
    /// networks have thousands.
    public var maxPerAddress: Int
    /// How long a resolved name is kept, in seconds.
    public var dnsCacheSeconds: Int
    /// A file of certificate authorities (PEM) in place of the system's; verification cannot be switched off.
    public var certificateFile: String?
    /// Asks for everything through this proxy, `http://host:port`. It resolves names and connects in our place, so the
    /// address policy and the limit by address say nothing then, and a contact is always needed.
    public var proxy: String?
    /// What `fetch(retrying:)` tries again, and when.
    public var retry: RetryPolicy

    /// A configuration with the standard limits.
    public init(userAgent: String, addressPolicy: AddressPolicy = AddressPolicy()) {
        self.userAgent = userAgent
        self.addressPolicy = addressPolicy
        timeLimits = TimeLimits()
        maxHeaderBytes = 64 << 10
        maxHeaderCount = 200
        maxURLBytes = 8 << 10
        maxConcurrent = 64
        maxPerHost = 6
        maxPerAddress = 16
        dnsCacheSeconds = 60
        certificateFile = nil
        proxy = nil
        retry = RetryPolicy()
    }

    /// Whether the user agent names a contact: an http(s) URL or a mail address.
    public var hasContact: Bool { FetchConfiguration.namesContact(userAgent) }

    /// Whether a user agent names a contact: an http(s) URL or a mail address.
    public static func namesContact(_ userAgent: String) -> Bool {
        let words = userAgent.lowercased().split { " ()<>;,+\t".contains($0) }
        return words.contains { word in
            for scheme in ["https://", "http://", "mailto:"] where word.hasPrefix(scheme) {
                return word.dropFirst(scheme.count).contains(".")
            }
            let sides = word.split(separator: "@", omittingEmptySubsequences: false)
            return sides.count == 2 && !sides[0].isEmpty && sides[1].contains(".")
        }
    }

    /// Whether asking a host needs a user agent with a contact: any host does but this machine, named as
    /// `localhost` or as a loopback address. The fetcher itself enforces it on the resolved address.
    public static func requiresContact(host: String) -> Bool {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        if let address = IPAddress(bare) { return !address.isLoopback }
        let name = bare.lowercased()
        return name != "localhost" && !name.hasSuffix(".localhost")
    }
}

/// The time limits of one transfer.
public struct TimeLimits: Sendable, Equatable {
    /// From the start to a ready connection: name lookup, TCP and TLS.
    public var connect: Duration
    /// From the request to the end of the answer's header.
    public var headers: Duration
    /// From the start to the end of the body.
    public var total: Duration
    /// The lowest speed of the body, in bytes (decompressed) per second; 0 switches the check off.
    public var lowestBytesPerSecond: Int
    /// Over how long the speed is measured.
    public var speedWindow: Duration

    /// Limits that suit pages and pictures of the open web.
    public init(
        connect: Duration = .seconds(15), headers: Duration = .seconds(20), total: Duration = .seconds(120),
        lowestBytesPerSecond: Int = 200, speedWindow: Duration = .seconds(10)
    ) {
        self.connect = connect
        self.headers = headers
        self.total = total
        self.lowestBytesPerSecond = lowestBytesPerSecond
        self.speedWindow = speedWindow
    }
}
