internal import CCurl

/// The little that a transfer must know of its URL before libcurl takes it apart.
enum RequestURL {
    /// The absolute http or https URL that a `Location` means; `nil` for anything else.
    static func resolve(_ location: String, against url: String) -> String? {
        guard let handle = curl_url() else { return nil }
        defer { curl_url_cleanup(handle) }
        let flags = UInt32(CURLU_URLENCODE)
        guard curl_url_set(handle, CURLUPART_URL, url, flags) == CURLUE_OK,
            curl_url_set(handle, CURLUPART_URL, location, flags) == CURLUE_OK
        else { return nil }
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, CURLUPART_URL, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        let target = String(cString: text)
        let scheme = target.prefix { $0 != ":" }.lowercased()
        return scheme == "http" || scheme == "https" ? target : nil
    }

    /// The host and port (as written, lower case) of an absolute http or https URL; `nil` for anything else, for
    /// one that is too long and for one with blanks, control characters or a user name.
    static func host(of url: String, maxBytes: Int) -> String? {
        var url = url
        return url.withUTF8 { bytes in
            guard bytes.count <= maxBytes, bytes.allSatisfy({ $0 > 32 && $0 != 127 }) else { return nil }
            guard let colon = bytes.firstIndex(of: 58), bytes[colon...].starts(with: "://".utf8) else {
                return nil
            }
            let scheme = bytes[..<colon].lazy.map { (65...90).contains($0) ? $0 | 32 : $0 }
            guard scheme.elementsEqual("http".utf8) || scheme.elementsEqual("https".utf8) else { return nil }
            // A backslash ends a host too in browsers; here no host has one.
            let authority = bytes[(colon + 3)...].prefix { $0 != 47 && $0 != 63 && $0 != 35 }
            guard !authority.isEmpty, !authority.contains(64), !authority.contains(92) else { return nil }
            return String(decoding: authority, as: UTF8.self).lowercased()
        }
    }
}
