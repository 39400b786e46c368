/// A URL cut into what many pairs share and what is its own; joining the parts gives the URL back, byte for byte.
struct URLParts {
    /// Scheme and authority, for example `https://example.org:8080`; empty for a text without them.
    var origin: String
    /// Everything after the origin.
    var path: String

    init(_ url: String) {
        let utf8 = url.utf8
        guard let scheme = url.range(of: "://", in: utf8) else {
            origin = ""
            path = url
            return
        }
        let end = utf8[scheme...].firstIndex { [0x2F, 0x3F, 0x23].contains($0) } ?? utf8.endIndex
        origin = String(url[..<end])
        path = String(url[end...])
    }

    /// The host alone, in lower case and without port or user.
    var host: String {
        guard let scheme = origin.range(of: "://", in: origin.utf8) else { return "" }
        var authority = origin[scheme...]
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        if authority.first == "[", let bracket = authority.firstIndex(of: "]") {
            return authority[...bracket].lowercased()
        }
        return authority.prefix { $0 != ":" }.lowercased()
    }
}

extension String {
    /// Where the text after the first occurrence of an ASCII pattern starts.
    fileprivate func range(of pattern: String, in utf8: String.UTF8View) -> String.Index? {
        let needle = Array(pattern.utf8)
        var start = utf8.startIndex
        while start != utf8.endIndex {
            if utf8[start...].starts(with: needle) { return utf8.index(start, offsetBy: needle.count) }
            start = utf8.index(after: start)
        }
        return nil
    }
}
