internal import Foundation

/// The part of an archive that is in memory, unpacked. It grows to what is required and is used again.
final class ArchiveWindow {
    private let source: any ByteSource
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 << 20, alignment: 16)
    private var start = 0
    private var end = 0
    /// The place of the first byte in memory, in the unpacked archive.
    private(set) var position: Int64 = 0
    private(set) var isAtEnd = false
    /// Damage was met behind what is in memory; reading can go on after it.
    private(set) var hasGap = false
    /// Where members of a packed archive end.
    private var memberEnds: [Int64] = []

    /// So much room there is at least for the next bytes: most records unpack into it in one go.
    private static let pieceBytes = 512 << 10

    init(_ source: any ByteSource) { self.source = source }

    deinit { buffer.deallocate() }

    /// How many bytes are in memory.
    var count: Int { end - start }

    subscript(place: Int) -> UInt8 { buffer[start + place] }

    /// The bytes in memory; valid until they change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[start..<end]) }

    /// Where the first member ends after a place; nil when no end is known.
    func memberEnd(after place: Int64) -> Int64? { memberEnds.first { $0 > place } }

    func drop(_ count: Int) {
        start += count
        position += Int64(count)
    }

    /// Goes on behind damage; what is in memory is dropped.
    func crossGap() {
        drop(count)
        hasGap = false
    }

    /// Brings so many bytes into memory, as far as there are any before the end or damage.
    func require(_ wanted: Int) throws -> Bool {
        while count < wanted {
            if hasGap || isAtEnd { return false }
            try refill()
        }
        return true
    }

    /// Reads some more bytes; damage makes a gap, or ends the archive.
    func refill() throws {
        makeRoom()
        do {
            let count = try source.read(into: .init(rebasing: buffer[end...]))
            isAtEnd = count == 0
            end += count
            if let packed = source as? PackedBytes { noteMemberEnds(packed, new: count) }
        } catch let error as CrawlerError where error.code == .input {
            guard let packed = source as? any DamageSkipping else { throw error }
            hasGap = true
            isAtEnd = try !packed.skipDamage()
        }
    }

    private func noteMemberEnds(_ packed: PackedBytes, new: Int) {
        memberEnds.removeAll { $0 < position }
        let last = position + Int64(count)
        if packed.isBehindMemberEnd { memberEnds.append(last - Int64(new)) }
        if packed.isAtMemberEnd { memberEnds.append(last) }
    }

    private func makeRoom() {
        if buffer.count - end >= Self.pieceBytes { return }
        let kept = bytes
        if buffer.count - kept.count >= Self.pieceBytes {
            buffer.copyMemory(from: kept)
        } else {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * buffer.count, alignment: 16)
            larger.copyMemory(from: kept)
            buffer.deallocate()
            buffer = larger
        }
        (start, end) = (0, kept.count)
    }

    /// The first place in memory of a pattern, which holds its first byte only once.
    func place(of pattern: [UInt8]) -> Int? {
        let bytes = bytes
        var from = 0
        while let first = bytes[from...].firstIndex(of: pattern[0]) {
            if bytes[first...].starts(with: pattern) { return first }
            from = first + 1
        }
        return nil
    }
}
