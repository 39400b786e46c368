/// Hosts and addresses that a crawl leaves out, from the user's own lists.
public struct Blocklist: Sendable {
    private var hosts: Set<String> = []
    private var prefixes: Set<String> = []

    /// Blocks nothing.
    public init() {}

    /// Reads a list: one host or address a line, `#` starts a comment.
    ///
    /// A host stands for its sub-domains too; `0.0.0.0 example.org`, as in hosts files, is read as well. An address
    /// (`https://example.org/album/`) stands for all that begin with it.
    public init(lines text: String) {
        for line in text.split(whereSeparator: \.isNewline) { add(String(line)) }
    }

    /// Adds one line.
    public mutating func add(_ line: String) {
        let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
        guard let entry = words.last else { return }
        if entry.contains("://") {
            if let url = WebURL(String(entry)) { prefixes.insert(url.canonical) }
        } else {
            hosts.insert(entry.lowercased().trimmingPrefix(".").description)
        }
    }

    /// Nothing is blocked.
    public var isEmpty: Bool { hosts.isEmpty && prefixes.isEmpty }

    /// Whether an address is blocked.
    public func blocks(_ url: WebURL) -> Bool {
        if isEmpty { return false }
        return blocks(host: url.host) || blocks(address: url)
    }

    private func blocks(host: String) -> Bool {
        guard !hosts.isEmpty else { return false }
        var rest = host[...]
        while true {
            if hosts.contains(String(rest)) { return true }
            guard let dot = rest.firstIndex(of: ".") else { return false }
            rest = rest[rest.index(after: dot)...]
        }
    }

    /// Looks at every prefix of the address that ends where a list's entry can: at a slash, or at the end.
    private func blocks(address url: WebURL) -> Bool {
        guard !prefixes.isEmpty else { return false }
        let whole = url.canonical
        if prefixes.contains(whole) { return true }
        var place = whole.index(whole.startIndex, offsetBy: url.origin.count)
        while let slash = whole[place...].firstIndex(of: "/") {
            place = whole.index(after: slash)
            if prefixes.contains(String(whole[..<place])) { return true }
        }
        return false
    }
}
