internal import CZlib

/// What gzip members (RFC 1952), one after another, inflate to.
final class GzipBytes: ByteSource, DamageSkipping {
    private let source: any ByteSource
    private let name: String
    private let keepsMembers: Bool
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    /// Packed bytes: those of the present member that are kept, then those that wait.
    private var input = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * pieceBytes, alignment: 16)
    private var filled = 0
    private var memberStart = 0
    private var isInMember = false
    private var isDamaged = false
    /// The bytes that were read last end a member.
    private(set) var isAtMemberEnd = false
    /// A member ended before the bytes that were read last, without bytes of its own.
    private(set) var isBehindMemberEnd = false
    /// Where the last member that ended well ends, in packed bytes from the start.
    private(set) var memberEndOffset = 0
    private var rewoundBytes = 0
    private var readBytes = 0

    private static let pieceBytes = 128 << 10
    /// Of a member so much is kept, to look in it for the next one should it be damaged.
    private static let maxKept = 4 << 20

    /// Whether bytes begin a gzip member.
    static func begins(_ bytes: some Sequence<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// - Parameters:
    ///   - name: what errors call the source.
    ///   - keepsMembers: damage is expected, and what lies behind it matters.
    init(_ source: any ByteSource, name: String, keepsMembers: Bool = false) throws(CrawlerError) {
        (self.source, self.name, self.keepsMembers) = (source, name, keepsMembers)
        stream.initialize(to: z_stream())
        // 15 + 16: the largest window, with a gzip header.
        guard inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw CrawlerError(.input, name, "cannot be inflated: out of memory")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    /// Gives bytes of one member at a time.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        (isAtMemberEnd, isBehindMemberEnd) = (false, false)
        while true {
            if isDamaged { throw damaged("is no gzip data, or damaged") }
            if stream.pointee.avail_in == 0, try !refill() {
                guard !isInMember else { throw damaged("ends inside a gzip member") }
                return 0
            }
            if !isInMember {
                inflateReset(stream)
                memberStart = position
                isInMember = true
            }
            let count = inflateSome(into: buffer)
            if count > 0 { return count }
            if isAtMemberEnd { (isAtMemberEnd, isBehindMemberEnd) = (false, true) }
        }
    }

    private var position: Int { filled - Int(stream.pointee.avail_in) }

    private func go(to place: Int) {
        stream.pointee.next_in = input.baseAddress?.advanced(by: place).assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(filled - place)
    }

    /// Reads more packed bytes behind what is kept.
    private func refill() throws -> Bool {
        let mustKeep = keepsMembers && isInMember && filled - memberStart <= Self.maxKept
        let kept = UnsafeRawBufferPointer(rebasing: input[(mustKeep ? memberStart : filled)..<filled])
        if kept.count + Self.pieceBytes > input.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * input.count, alignment: 16)
            larger.copyMemory(from: kept)
            input.deallocate()
            input = larger
        } else if !kept.isEmpty {
            input.copyMemory(from: kept)
        }
        (memberStart, filled) = (0, kept.count)
        let count = try source.read(into: .init(rebasing: input[filled..<(filled + Self.pieceBytes)]))
        filled += count
        readBytes += count
        go(to: filled - count)
        return count > 0
    }

    private func inflateSome(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: buffer.count)
        switch CZlib.inflate(stream, Z_NO_FLUSH) {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            (isInMember, isAtMemberEnd) = (false, true)
            memberEndOffset = readBytes - Int(stream.pointee.avail_in)
        // What came out before the damage is given first.
        default: isDamaged = true
        }
        return Int(UInt32(clamping: buffer.count) - stream.pointee.avail_out)
    }

    private func damaged(_ what: String) -> CrawlerError {
        CrawlerError(.input, name, "\(what); fetch it again")
    }

    // MARK: Behind damage

    /// Looks for the next member. A member that breaks off swallows what follows it before that shows, so the search begins
    /// with the member itself, as far as it is kept.
    func skipDamage() throws -> Bool {
        isDamaged = false
        var place = isInMember && mayRewind ? memberStart + 1 : position
        rewoundBytes += max(0, position - place)
        while true {
            if let found = magic(from: place) {
                go(to: found)
                isInMember = false
                return true
            }
            // Its first bytes may stand at the end.
            memberStart = max(place, filled - 2)
            isInMember = true
            guard try refill() else { return false }
            place = keepsMembers ? 0 : filled - Int(stream.pointee.avail_in)
        }
    }

    /// A file made to be searched again and again is not.
    private var mayRewind: Bool { keepsMembers && rewoundBytes <= (64 << 20) + 4 * readBytes }

    private func magic(from place: Int) -> Int? {
        guard place + 3 <= filled else { return nil }
        return (place..<(filled - 2)).first {
            input[$0] == 0x1F && input[$0 + 1] == 0x8B && input[$0 + 2] == 0x08
        }
    }
}
