/// A way of packing bytes into members, one after another, each of which begins with the same mark.
protocol MemberCodec: AnyObject {
    /// What every member begins with.
    var mark: [UInt8] { get }
    /// What errors call the format.
    var name: String { get }
    /// Begins a member.
    func begin()
    /// Unpacks as much as there is, or there is room for.
    func unpack(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> (taken: Int, given: Int, state: MemberState)
}

/// Where a member stands after some of it was unpacked.
enum MemberState {
    case goesOn
    case ended
    case damaged
}

/// What packed members, one after another, unpack to.
class PackedBytes: ByteSource {
    private let source: any ByteSource
    private let codec: any MemberCodec
    private let name: String
    private let keepsMembers: Bool
    /// Packed bytes: those of the present member that are kept, then, from `position` on, those that wait.
    private var input = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * pieceBytes, alignment: 16)
    private var filled = 0
    private var position = 0
    private var memberStart = 0
    private var isInMember = false
    private var isDamaged = false
    /// The source has ended.
    private var isAtEnd = false
    /// The codec may hold bytes that there was no room for.
    private var mayHoldMore = false
    /// The bytes that were read last end a member.
    private(set) var isAtMemberEnd = false
    /// A member ended before the bytes that were read last, without bytes of its own.
    private(set) var isBehindMemberEnd = false
    /// Where the last member that ended well ends, in packed bytes from the start.
    private(set) var memberEndOffset = 0
    private var rewoundBytes = 0
    private var readBytes = 0

    private static let pieceBytes = 512 << 10
    /// Of a member so much is kept, to look in it for the next one should it be damaged.
    private static let maxKept = 4 << 20

    /// - Parameters:
    ///   - name: what errors call the source.
    ///   - keepsMembers: damage is expected, and what lies behind it matters.
    init(_ source: any ByteSource, _ codec: any MemberCodec, name: String, keepsMembers: Bool) {
        (self.source, self.codec, self.name, self.keepsMembers) = (source, codec, name, keepsMembers)
    }

    deinit { input.deallocate() }

    /// Gives bytes of one member at a time.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        (isAtMemberEnd, isBehindMemberEnd) = (false, false)
        while true {
            if isDamaged { throw damaged("is no \(codec.name) data, or damaged") }
            if position == filled, !mayHoldMore, try !refill() {
                guard !isInMember else { throw damaged("ends inside a \(codec.name) member") }
                return 0
            }
            if !isInMember { try beginMember() }
            let count = unpackSome(into: buffer)
            if count > 0 { return count }
            if isAtMemberEnd { (isAtMemberEnd, isBehindMemberEnd) = (false, true) }
        }
    }

    /// Begins a member with much of it in memory: one that is there as a whole may be unpacked in one go.
    private func beginMember() throws {
        if filled - position < Self.pieceBytes, !isAtEnd { _ = try refill() }
        codec.begin()
        memberStart = position
        isInMember = true
    }

    /// Reads more packed bytes behind what is kept and what waits.
    private func refill() throws -> Bool {
        let mustKeep = keepsMembers && isInMember && filled - memberStart <= Self.maxKept
        let keptStart = mustKeep ? memberStart : position
        let kept = UnsafeRawBufferPointer(rebasing: input[keptStart..<filled])
        if kept.count + Self.pieceBytes > input.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * input.count, alignment: 16)
            larger.copyMemory(from: kept)
            input.deallocate()
            input = larger
        } else if !kept.isEmpty {
            input.copyMemory(from: kept)
        }
        (memberStart, filled, position) = (0, kept.count, position - keptStart)
        let count = try source.read(into: .init(rebasing: input[filled..<(filled + Self.pieceBytes)]))
        filled += count
        readBytes += count
        isAtEnd = count == 0
        return count > 0
    }

    private func unpackSome(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let waiting = UnsafeRawBufferPointer(rebasing: input[position..<filled])
        let (taken, given, state) = codec.unpack(waiting, into: buffer)
        position += taken
        mayHoldMore = state == .goesOn && given == buffer.count
        switch state {
        case .goesOn: break
        case .ended:
            (isInMember, isAtMemberEnd) = (false, true)
            memberEndOffset = readBytes - (filled - position)
        // What came out before the damage is given first.
        case .damaged: isDamaged = true
        }
        return given
    }

    private func damaged(_ what: String) -> CrawlerError {
        CrawlerError(.input, name, "\(what); fetch it again")
    }
}

// Behind damage.
extension PackedBytes: DamageSkipping {
    /// Looks for the next member. A member that breaks off swallows what follows it before that shows, so the search begins
    /// with the member itself, as far as it is kept.
    func skipDamage() throws -> Bool {
        (isDamaged, mayHoldMore) = (false, false)
        var place = isInMember && mayRewind ? memberStart + 1 : position
        rewoundBytes += max(0, position - place)
        while true {
            if let found = mark(from: place) {
                position = found
                isInMember = false
                return true
            }
            // Its first bytes may stand at the end.
            position = max(place, filled - codec.mark.count + 1)
            (memberStart, isInMember) = (position, true)
            guard try refill() else { return false }
            place = position
        }
    }

    /// A file made to be searched again and again is not.
    private var mayRewind: Bool { keepsMembers && rewoundBytes <= (64 << 20) + 4 * readBytes }

    private func mark(from place: Int) -> Int? {
        let mark = codec.mark
        guard place + mark.count <= filled else { return nil }
        return (place...(filled - mark.count)).first { start in
            mark.indices.allSatisfy { input[start + $0] == mark[$0] }
        }
    }
}
