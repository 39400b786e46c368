/// The little that a transfer must know of its URL before libcurl takes it apart.
enum RequestURL {
    /// The host and port (as written, lower case) of an absolute http or https URL; `nil` for anything else, for
    /// one that is too long and for one with blanks, control characters or a user name.
    static func host(of url: String, maxBytes: Int) -> String? {
        let bytes = url.utf8
        guard bytes.count <= maxBytes, bytes.allSatisfy({ $0 > 32 && $0 != 127 }) else { return nil }
        guard let colon = bytes.firstIndex(of: 58) else { return nil }
        let scheme = url[..<colon].lowercased()
        guard scheme == "http" || scheme == "https", url[colon...].hasPrefix("://") else { return nil }
        let rest = bytes[bytes.index(colon, offsetBy: 3)...]
        // A backslash ends a host too in browsers; here no host has one.
        let authority = rest.prefix { $0 != 47 && $0 != 63 && $0 != 35 }
        guard !authority.isEmpty, !authority.contains(64), !authority.contains(92) else { return nil }
        return String(decoding: authority, as: UTF8.self).lowercased()
    }
}
