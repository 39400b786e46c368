internal import Fetch

/// A request and the head of its answer as HTTP/1.1 messages, whatever version they went by.
///
/// Bodies are kept unpacked, so the fields that speak of their coding are kept under the names that Common Crawl gives
/// them, `X-Crawl-Content-Encoding` and so on, and the length is that of the body beside them.
struct ArchivedExchange {
    let request: [UInt8]
    let answerHead: [UInt8]

    init(_ request: FetchRequest, _ response: FetchResponse, userAgent: String) {
        self.request = Self.message(request, userAgent)
        answerHead = Self.head(response)
    }

    private static func message(_ request: FetchRequest, _ userAgent: String) -> [UInt8] {
        let url = WebURL(request.url)
        let host = url.map { String($0.origin.dropFirst($0.scheme.utf8.count + 3)) } ?? ""
        var lines = ["GET \(url?.target ?? "/") HTTP/1.1", "Host: \(host)", "User-Agent: \(userAgent)"]
        lines.append("Accept: \(request.accept)")
        if let tag = request.ifNoneMatch { lines.append("If-None-Match: \(tag)") }
        if let time = request.ifModifiedSince { lines.append("If-Modified-Since: \(time)") }
        return text(lines)
    }

    private static func head(_ response: FetchResponse) -> [UInt8] {
        let isUnpacked = ["content-encoding", "transfer-encoding"].contains { response.headers[$0] != nil }
        let mustRename = isUnpacked || response.isBodyTruncated
        var lines = ["HTTP/1.1 \(response.status) \(phrases[response.status] ?? "")"]
        for (name, value) in response.headers.fields {
            let isCoding = ["content-encoding", "transfer-encoding", "content-length"].contains(
                name.lowercased())
            lines.append((isCoding && mustRename ? "X-Crawl-" : "") + "\(name): \(value)")
        }
        if mustRename { lines.append("Content-Length: \(response.body.count)") }
        return text(lines)
    }

    /// Values are one line each: they were read from lines.
    private static func text(_ lines: [String]) -> [UInt8] {
        Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// RFC 9110, 15: what statuses are called; the phrases that servers sent are not kept.
    private static let phrases = [
        200: "OK", 204: "No Content", 206: "Partial Content", 301: "Moved Permanently", 302: "Found",
        303: "See Other", 304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect",
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 410: "Gone",
        429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
        503: "Service Unavailable",
        504: "Gateway Timeout",
    ]
}
