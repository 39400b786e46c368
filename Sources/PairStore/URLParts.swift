/// A URL cut into what many pairs share and what is its own; joining the parts gives the URL back, byte for byte.
struct URLParts {
    /// Scheme and authority, for example `https://example.org:8080`; empty for a text without them.
    var origin: String
    /// Everything after the origin.
    var path: String

    init(_ url: String) {
        var url = url
        (origin, path) = url.withUTF8 { utf8 in
            let end = Self.endOfOrigin(utf8)
            return (
                String(decoding: utf8[..<end], as: UTF8.self), String(decoding: utf8[end...], as: UTF8.self)
            )
        }
    }

    /// Where the first slash, question mark or number sign after `://` stands; 0 without a scheme.
    private static func endOfOrigin(_ utf8: UnsafeBufferPointer<UInt8>) -> Int {
        let (colon, slash) = (UInt8(ascii: ":"), UInt8(ascii: "/"))
        for start in utf8.indices.dropLast(2)
        where utf8[start] == colon && utf8[start + 1] == slash && utf8[start + 2] == slash {
            return utf8[(start + 3)...].firstIndex { $0 == slash || $0 == 0x3F || $0 == 0x23 } ?? utf8.count
        }
        return 0
    }

    /// The host alone, in lower case and without port or user.
    var host: String {
        guard let scheme = origin.firstIndex(of: ":"), !origin.isEmpty else { return "" }
        var authority = origin[scheme...].dropFirst(3)
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        if authority.first == "[", let bracket = authority.firstIndex(of: "]") {
            return authority[...bracket].lowercased()
        }
        return authority.prefix { $0 != ":" }.lowercased()
    }
}
