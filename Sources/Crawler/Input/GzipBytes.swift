internal import CDeflate
internal import CZlib

/// What gzip members (RFC 1952), one after another, inflate to.
final class GzipBytes: PackedBytes {
    /// Whether bytes begin a gzip member.
    static func begins(_ bytes: some Sequence<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// - Parameters:
    ///   - name: what errors call the source.
    ///   - keepsMembers: damage is expected, and what lies behind it matters.
    init(_ source: any ByteSource, name: String, keepsMembers: Bool = false) throws(CrawlerError) {
        guard let codec = GzipCodec() else {
            throw CrawlerError(.input, name, "cannot be inflated: out of memory")
        }
        super.init(source, codec, name: name, keepsMembers: keepsMembers)
    }
}

/// Inflates a member that is in memory as a whole with libdeflate, which takes half of zlib's time but knows no streams;
/// any other, and one that libdeflate finds fault with, with zlib.
private final class GzipCodec: MemberCodec {
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let whole: OpaquePointer
    private var isAtStart = true

    /// The third byte says "deflate": gzip knows no other method.
    let mark: [UInt8] = [0x1F, 0x8B, 0x08]
    let name = "gzip"

    /// Nil when memory runs out.
    init?() {
        guard let whole = libdeflate_alloc_decompressor() else { return nil }
        self.whole = whole
        stream.initialize(to: z_stream())
        // 15 + 16: the largest window, with a gzip header.
        guard inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
    }

    deinit {
        libdeflate_free_decompressor(whole)
        inflateEnd(stream)
        stream.deallocate()
    }

    func begin() { isAtStart = true }

    func unpack(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> (taken: Int, given: Int, state: MemberState) {
        if isAtStart {
            isAtStart = false
            if let (taken, given) = unpackWhole(input, into: output) { return (taken, given, .ended) }
            inflateReset(stream)
        }
        let bytes = input.assumingMemoryBound(to: UInt8.self)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
        stream.pointee.avail_in = UInt32(clamping: input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: output.count)
        let status = inflate(stream, Z_NO_FLUSH)
        let taken = Int(UInt32(clamping: input.count) - stream.pointee.avail_in)
        let given = Int(UInt32(clamping: output.count) - stream.pointee.avail_out)
        switch status {
        case Z_OK, Z_BUF_ERROR: return (taken, given, .goesOn)
        case Z_STREAM_END: return (taken, given, .ended)
        default: return (taken, given, .damaged)
        }
    }

    private func unpackWhole(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> (taken: Int, given: Int)? {
        guard let from = input.baseAddress, let into = output.baseAddress else { return nil }
        var (taken, given) = (0, 0)
        let status = libdeflate_gzip_decompress_ex(
            whole, from, input.count, into, output.count, &taken, &given)
        return status == LIBDEFLATE_SUCCESS ? (taken, given) : nil
    }
}
