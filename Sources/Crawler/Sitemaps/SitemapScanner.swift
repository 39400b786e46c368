/// Finds the addresses in a sitemap (sitemaps.org, protocol 0.9) as its bytes arrive, whatever its size: it holds on to
/// one element at most. XML, an index or a plain list of addresses; what cannot be read is passed over.
struct SitemapScanner {
    /// The protocol's own limit for one file.
    static let maxAddresses = 50_000
    /// Longer elements are passed over.
    private static let maxElementBytes = 16 << 10

    /// The addresses as written, in order.
    private(set) var addresses: [String] = []
    /// They name further sitemaps, not pages.
    private(set) var isIndex = false
    private var pending: [UInt8] = []
    private var isXML: Bool?

    /// As many addresses as are ever read were found.
    var isFull: Bool { addresses.count >= Self.maxAddresses }

    /// Takes in the next bytes.
    mutating func feed(_ bytes: some Sequence<UInt8>) {
        pending.append(contentsOf: bytes)
        if isXML == nil { isXML = pending.first { $0 > 0x20 && $0 < 0x80 }.map { $0 == UInt8(ascii: "<") } }
        let used = isXML == false ? takeLines() : takeElements()
        pending.removeFirst(used)
        if pending.count > Self.maxElementBytes { pending.removeAll(keepingCapacity: true) }
    }

    /// Takes in what came without an end.
    mutating func finish() {
        guard isXML == false else { return }
        feed([UInt8(ascii: "\n")])
    }

    // MARK: Plain lists

    private mutating func takeLines() -> Int {
        var start = 0
        while !isFull, let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
            add(pending[start..<end])
            start = end + 1
        }
        return isFull ? pending.count : start
    }

    // MARK: XML

    /// Takes all elements that are whole; gives how many bytes are done with.
    private mutating func takeElements() -> Int {
        var place = 0
        while !isFull, let open = pending[place...].firstIndex(of: UInt8(ascii: "<")) {
            guard let close = pending[open...].firstIndex(of: UInt8(ascii: ">")) else { return open }
            switch Self.localName(pending[(open + 1)..<close]) {
            case "sitemapindex": isIndex = true
            case "loc":
                guard let end = takeLocation(from: close + 1) else { return open }
                place = end
                continue
            default: break
            }
            place = close + 1
        }
        return pending.count
    }

    /// Reads the text of a `loc` and gives where it ends; nil when it is not all there yet.
    private mutating func takeLocation(from start: Int) -> Int? {
        let section = Array("<![CDATA[".utf8)
        let text = pending[start...].drop { $0 <= 0x20 }
        if text.count < section.count, section.starts(with: text) { return nil }
        if text.starts(with: section) {
            let inner = text.dropFirst(section.count)
            let mark = ArraySlice("]]>".utf8)
            guard let end = ByteSearch.firstEnd(of: mark, in: pending, from: inner.startIndex) else {
                return nil
            }
            add(pending[inner.startIndex..<(end - mark.count)])
            return end
        }
        guard let end = pending[start...].firstIndex(of: UInt8(ascii: "<")) else { return nil }
        add(pending[start..<end])
        return end
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count <= WebURL.maxBytes else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        let address = Self.unescape(text.split(whereSeparator: \.isWhitespace).joined())
        if !address.isEmpty { addresses.append(address) }
    }

    /// `loc` of `<loc>` and `<s:loc lang="de">`; picture and video addresses (`image:loc`) are none of a page.
    private static func localName(_ tag: ArraySlice<UInt8>) -> String {
        let name = String(decoding: tag.prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") }, as: UTF8.self)
        let parts = name.split(separator: ":")
        return parts.count == 2 && ["image", "video", "news"].contains(parts[0])
            ? name : String(parts.last ?? "")
    }

    /// XML's five named characters.
    private static func unescape(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        return names.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}
