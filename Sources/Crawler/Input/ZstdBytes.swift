internal import CZstd

/// What Zstandard frames (RFC 8878), one after another, unpack to. A file may begin with a dictionary for all of them, as
/// the IIPC's "Zstandard for WARC" has it.
final class ZstdBytes: PackedBytes {
    /// Dictionaries are 100 KiB usually.
    private static let maxDictionaryBytes = 16 << 20
    /// The skippable frame that holds the dictionary.
    private static let dictionaryMark: [UInt8] = [0x5D, 0x2A, 0x4D, 0x18]

    /// Whether bytes begin a frame, or one of those that only hold something beside the data.
    static func begins(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first else { return false }
        let isSkippable = first & 0xF0 == 0x50 && bytes.dropFirst().starts(with: [0x2A, 0x4D, 0x18])
        return isSkippable || bytes.starts(with: ZstdCodec.mark)
    }

    /// - Parameters:
    ///   - name: what errors call the source.
    ///   - keepsMembers: damage is expected, and what lies behind it matters.
    convenience init(_ source: any ByteSource, name: String, keepsMembers: Bool = false) throws {
        // The decoder passes over the frame that holds the dictionary.
        let (source, dictionary) = try Self.dictionary(of: source, name: name)
        try self.init(source, dictionary: dictionary, name: name, keepsMembers: keepsMembers)
    }

    private init(_ source: any ByteSource, dictionary: [UInt8], name: String, keepsMembers: Bool)
        throws(CrawlerError)
    {
        guard let codec = ZstdCodec(dictionary) else {
            throw CrawlerError(.input, name, "cannot be unpacked: its dictionary is none, or memory ran out")
        }
        super.init(source, codec, name: name, keepsMembers: keepsMembers)
    }

    /// The dictionary that a source begins with, empty where there is none, and the whole source again.
    private static func dictionary(of source: any ByteSource, name: String) throws -> (
        PeekedBytes, dictionary: [UInt8]
    ) {
        let start = try PeekedBytes(source, count: 8)
        guard start.prefix.starts(with: dictionaryMark), start.prefix.count == 8 else { return (start, []) }
        let size = start.prefix[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard size <= maxDictionaryBytes else {
            throw CrawlerError(.input, name, "has a dictionary of \(size) bytes, which is too much")
        }
        let whole = try PeekedBytes(start, count: 8 + size)
        return (whole, try unpacked(Array(whole.prefix.dropFirst(8)), name: name))
    }

    /// A dictionary, which may itself be a frame.
    private static func unpacked(_ dictionary: [UInt8], name: String) throws -> [UInt8] {
        guard dictionary.starts(with: ZstdCodec.mark) else { return dictionary }
        let source = try ZstdBytes(MemoryBytes(dictionary), dictionary: [], name: name, keepsMembers: false)
        let peeked = try PeekedBytes(source, count: maxDictionaryBytes)
        return peeked.prefix
    }
}

private final class ZstdCodec: MemberCodec {
    static let mark: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
    var mark: [UInt8] { Self.mark }
    let name = "Zstandard"
    private let context: OpaquePointer

    /// Nil when memory runs out, or for a dictionary that is none.
    init?(_ dictionary: [UInt8]) {
        guard let context = ZSTD_createDCtx() else { return nil }
        self.context = context
        // A window of up to 128 MiB, libzstd's default limit, is what a frame may ask for.
        guard
            dictionary.isEmpty
                || ZSTD_isError(ZSTD_DCtx_loadDictionary(context, dictionary, dictionary.count)) == 0
        else {
            return nil
        }
    }

    deinit { ZSTD_freeDCtx(context) }

    func begin() { ZSTD_DCtx_reset(context, ZSTD_reset_session_only) }

    func unpack(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> (taken: Int, given: Int, state: MemberState) {
        var from = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var into = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let status = ZSTD_decompressStream(context, &into, &from)
        let isDamaged = ZSTD_isError(status) != 0
        return (from.pos, into.pos, isDamaged ? .damaged : status == 0 ? .ended : .goesOn)
    }
}
