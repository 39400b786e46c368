extension WebURL {
    /// The version of the rule behind `canonical`. Stores are bound to it: candidates are told apart by
    /// canonical URLs.
    public static let canonicalVersion = 1

    /// The form that tells pages and pictures apart, and that is fetched: as serialised by the standard (scheme
    /// and host in lower case, default port dropped, dots resolved), without user name and fragment, and with
    /// one spelling for equivalent percent-encodings (RFC 3986, 6.2.2: `%7e` and `~`, `%2f` and `%2F`).
    ///
    /// Nothing is guessed: parameters are neither sorted nor dropped, a trailing slash stays.
    public var canonical: String {
        let target = target
        return origin
            + (target.utf8.contains(37)
                ? String(decoding: PercentEncoding.normalise(target.utf8), as: UTF8.self) : target)
    }
}
