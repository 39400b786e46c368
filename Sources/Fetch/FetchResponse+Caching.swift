internal import CCurl
public import Foundation

extension FetchResponse {
    /// The entity tag, to be sent back as `ifNoneMatch`; `nil` when absent or unreasonably long.
    public var entityTag: String? { validator("etag") }

    /// When the body last changed, as the server wrote it, to be sent back as `ifModifiedSince`.
    public var lastModified: String? { validator("last-modified") }

    /// How long the server asks to wait before the next request (RFC 9110, 10.2.3); never negative.
    ///
    /// - Parameter now: the time that a date is measured from.
    public func retryAfter(now: Date) -> Duration? {
        guard let text = headers["retry-after"] else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
            // More digits than an Int holds is still a very long time.
            return .seconds(min(Int(text) ?? .max, 1 << 31))
        }
        guard let date = HTTPDate.parse(text) else { return nil }
        return .seconds(max(0, min(date.timeIntervalSince(now), Double(1 << 31))))
    }

    private func validator(_ name: String) -> String? {
        headers[name].flatMap { !$0.isEmpty && $0.utf8.count <= 1024 ? $0 : nil }
    }
}

/// The dates of HTTP.
public enum HTTPDate {
    /// Reads a date in any of the three forms of RFC 9110, 5.6.7; `nil` for anything else.
    public static func parse(_ text: String) -> Date? {
        guard text.utf8.count <= 64 else { return nil }
        let seconds = curl_getdate(text, nil)
        return seconds < 0 ? nil : Date(timeIntervalSince1970: Double(seconds))
    }
}
