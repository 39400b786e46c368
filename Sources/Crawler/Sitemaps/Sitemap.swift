internal import CZlib

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
        if body.starts(with: [0x1F, 0x8B]) {
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
        var stream = z_stream()
        // 15 + 16: the largest window, with a gzip header.
        guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return 0
        }
        defer { inflateEnd(&stream) }
        var input = body
        var output = [UInt8](repeating: 0, count: 64 << 10)
        var total = 0
        input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            while total < maxInflatedBytes, !scanner.isFull {
                let (status, count) = output.withUnsafeMutableBufferPointer { output in
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(output.count)
                    return (CZlib.inflate(&stream, Z_NO_FLUSH), output.count - Int(stream.avail_out))
                }
                total += count
                scanner.feed(output[..<count])
                guard status == Z_OK else { return }
            }
        }
        return total
    }
}
