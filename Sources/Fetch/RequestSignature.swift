/// A key to sign requests with: AWS's Signature Version 4, made by libcurl.
public struct RequestSignature: Sendable {
    /// The public part of the key.
    public var accessKey: String
    /// The secret part; it is never sent.
    public var secretKey: String
    /// Where the service lies, such as `eu-west-1`.
    public var region: String
    /// The service's short name.
    public var service: String
    /// Goes with a key that was lent for some time.
    public var sessionToken: String?

    /// A key for a service in a region.
    public init(
        accessKey: String, secretKey: String, sessionToken: String? = nil, region: String,
        service: String = "s3"
    ) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.region = region
        self.service = service
    }

    /// What CURLOPT_AWS_SIGV4 takes.
    var provider: String { "aws:amz:\(region):\(service)" }

    /// What is signed along. S3 wants the body's digest as a header, which libcurl 7.88 does not send: here it is
    /// that of no body.
    var headers: [(name: String, value: String)] {
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        return [("x-amz-content-sha256", digest)]
            + (sessionToken.map { [("x-amz-security-token", $0)] } ?? [])
    }
}
