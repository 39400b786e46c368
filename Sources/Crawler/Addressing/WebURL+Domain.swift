internal import CPSL
public import Fetch

extension WebURL {
    /// The domain that somebody registered, after the public suffix list: `example.co.uk` for
    /// `a.b.example.co.uk`. An address, a public suffix and a name without dots stand for themselves.
    public var registeredDomain: String { PublicSuffix.registeredDomain(of: host) }

    /// The host as an address, if it is one.
    public var address: IPAddress? {
        let host = host
        return IPAddress(host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host)
    }
}

/// The public suffix list that libpsl carries (the distribution's `publicsuffix` package).
enum PublicSuffix {
    /// The registrable domain of a lower-case ASCII host; the host itself when there is none.
    static func registeredDomain(of host: String) -> String {
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        guard name.contains("."), !name.hasPrefix("["), IPAddress(name) == nil else { return name }
        return name.withCString { text in
            // The result points into the text, which the list's own data outlives.
            psl_registrable_domain(psl_builtin(), text).map { String(cString: $0) } ?? name
        }
    }
}
