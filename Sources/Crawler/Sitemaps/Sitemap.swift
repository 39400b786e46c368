/// What one file of a sitemap says.
struct Sitemap {
    /// More than this is not read, compressed or not: the protocol's own limit is 50 MiB.
    static let maxInflatedBytes = 50 << 20
    /// The most that is asked for.
    static let maxBytes = 16 << 20

    /// The addresses, resolved and usable.
    let urls: [WebURL]
    /// They name further sitemaps, not pages.
    let isIndex: Bool
    /// How many bytes were read, decompressed.
    let bytes: Int

    /// Reads a body, gzip or not. Broken or endless data counts up to where it breaks or the limit is reached; what is
    /// inflated is never held as a whole.
    init(_ body: [UInt8], base: WebURL) {
        var scanner = SitemapScanner()
        if GzipBytes.begins(body) {
            bytes = Self.inflate(body, into: &scanner)
        } else {
            bytes = body.count
            scanner.feed(body)
        }
        scanner.finish()
        urls = scanner.addresses.compactMap { WebURL($0, relativeTo: base) }
        isIndex = scanner.isIndex
    }

    private static func inflate(_ body: [UInt8], into scanner: inout SitemapScanner) -> Int {
        guard let source = try? GzipBytes(MemoryBytes(body), name: "a sitemap") else { return 0 }
        var output = [UInt8](repeating: 0, count: 64 << 10)
        var total = 0
        while total < maxInflatedBytes, !scanner.isFull {
            let count = (try? output.withUnsafeMutableBytes { try source.read(into: $0) }) ?? 0
            if count == 0 { break }
            total += count
            scanner.feed(output[..<count])
        }
        return total
    }
}
