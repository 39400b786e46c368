public import Fetch
import Foundation

/// How sources that are URLs are reached, and where their shards are kept.
public struct RemoteAccess: Sendable {
    /// The folder of fetched shards; also that of what pipes gave, which has no name there.
    public var cacheFolder: String
    /// The most that fetched shards may take there; the longest unused go first. What the cache has no room for is
    /// read by a range request for each sample. Lists of members, about a thousandth of the shards, come on top.
    public var maxCacheBytes: Int64 = 32 << 30
    /// Networks that may be asked although they are private.
    public var allowedNetworks: [CIDR] = []
    /// What servers are told.
    public var userAgent = "wit"
    /// When a failed request is made again.
    public var retry = RetryPolicy(maxAttempts: 6, firstDelay: .milliseconds(500), maxDelay: .seconds(20))
    /// How `s3://BUCKET/KEY` is reached.
    public var s3 = S3Access()
    /// Bytes of one request while a shard is fetched.
    var pieceBytes: Int64 = 8 << 20

    /// The standard cache: `wit/shards` in `$XDG_CACHE_HOME`, or in `~/.cache`.
    public init() {
        let home = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache"
        cacheFolder = home + "/wit/shards"
    }

    func makeFetcher() -> Fetcher {
        var configuration = FetchConfiguration(
            userAgent: userAgent, addressPolicy: AddressPolicy(allowing: allowedNetworks))
        configuration.requiresContact = false
        configuration.retry = retry
        return Fetcher(configuration)
    }
}

/// An S3 service and the key to it. Without a key requests are not signed, as for public buckets.
public struct S3Access: Sendable, Equatable {
    /// The key's public part.
    public var accessKey: String?
    /// The key's secret part.
    public var secretKey: String?
    /// Goes with a key that was lent for some time.
    public var sessionToken: String?
    /// Where the service lies.
    public var region = "us-east-1"
    /// The URL of a service that is not Amazon's own.
    public var endpoint: String?

    /// No key, Amazon's service.
    public init() {}

    /// What AWS's own tools read: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION` or
    /// `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`.
    public init(environment: [String: String]) {
        accessKey = environment["AWS_ACCESS_KEY_ID"]
        secretKey = environment["AWS_SECRET_ACCESS_KEY"]
        sessionToken = environment["AWS_SESSION_TOKEN"]
        region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? region
        endpoint = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"]
    }

    var signature: RequestSignature? {
        guard let accessKey, let secretKey else { return nil }
        return RequestSignature(
            accessKey: accessKey, secretKey: secretKey, sessionToken: sessionToken, region: region)
    }

    /// The URL of `s3://BUCKET/KEY`, or `nil` where that is none. The bucket is in the path, unless the service is
    /// Amazon's own and the bucket's name may be part of a host's.
    func url(of location: String) -> String? {
        let parts = location.dropFirst("s3://".count).split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let key = Self.encoded(parts[1]), let bucket = Self.encoded(parts[0]) else {
            return nil
        }
        if let endpoint {
            return endpoint + (endpoint.hasSuffix("/") ? "" : "/") + "\(bucket)/\(key)"
        }
        return bucket.contains(".")
            ? "https://s3.\(region).amazonaws.com/\(bucket)/\(key)"
            : "https://\(bucket).s3.\(region).amazonaws.com/\(key)"
    }

    /// Everything but RFC 3986's unreserved characters and slashes is escaped, as the signature's rules want it.
    private static func encoded(_ text: Substring) -> String? {
        let kept = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
        return text.addingPercentEncoding(withAllowedCharacters: kept)
    }
}
