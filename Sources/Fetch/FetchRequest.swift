/// One GET request: what to ask for, and how much of an answer to take.
public struct FetchRequest: Sendable {
    /// What becomes of a body that is larger than the limit.
    public enum Overflow: Sendable {
        /// The transfer ends and fails with `body_too_large`.
        case fail
        /// The transfer ends and the bytes up to the limit are the answer (as RFC 9309 wants for robots.txt).
        case truncate
    }

    /// The absolute http or https URL, without user name; a fragment is not sent.
    public var url: String
    /// The `Accept` header.
    public var accept: String
    /// The largest body in bytes, counted after decompression.
    public var maxBodyBytes: Int
    /// What to do with a larger body.
    public var overflow: Overflow
    /// More headers, sent in this order. A name or value that could break out of its line is refused.
    public var headers: [(name: String, value: String)]
    /// The entity tag of a copy that is kept: the server may answer 304 without a body (RFC 9110, 13.1.2).
    public var ifNoneMatch: String?
    /// The `Last-Modified` of a copy that is kept, as the server wrote it (RFC 9110, 13.1.3).
    public var ifModifiedSince: String?
    /// Signs the request, as S3 and what speaks its protocol ask for.
    public var signature: RequestSignature?

    /// A request for a URL; `maxBodyBytes` is a number of bytes from 0.
    public init(
        url: String, accept: String = "*/*", maxBodyBytes: Int, overflow: Overflow = .fail,
        headers: [(name: String, value: String)] = [], ifNoneMatch: String? = nil,
        ifModifiedSince: String? = nil
    ) {
        self.url = url
        self.accept = accept
        self.maxBodyBytes = max(0, maxBodyBytes)
        self.overflow = overflow
        self.headers = headers
        self.ifNoneMatch = ifNoneMatch
        self.ifModifiedSince = ifModifiedSince
    }

    /// All header lines but the user agent, or `nil` when one of them could break out of its line.
    func headerLines() -> [String]? {
        // libcurl 7.88 sorts Accept behind Accept-Encoding when it signs them, which breaks the signature; what it
        // sends by itself it does not sign.
        var fields = signature == nil ? [(name: "Accept", value: accept)] : []
        if let ifNoneMatch { fields.append(("If-None-Match", ifNoneMatch)) }
        if let ifModifiedSince { fields.append(("If-Modified-Since", ifModifiedSince)) }
        fields += headers + (signature?.headers ?? [])
        guard fields.allSatisfy({ isToken($0.name) && isFieldValue($0.value) }) else { return nil }
        // libcurl sends a header without value only when it ends in a semicolon.
        return fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    }

    /// RFC 9110, 5.6.2.
    private func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    /// RFC 9110, 5.5: no control character but a tab.
    private func isFieldValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 == 9 || ($0 >= 32 && $0 != 127) }
    }
}
