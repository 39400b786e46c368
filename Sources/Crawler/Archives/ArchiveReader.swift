internal import Foundation

/// Reads the records of a WARC file (ISO 28500, versions 1.0 and 1.1), or of its predecessor, an ARC file, one after
/// another, in constant memory. Damaged records are passed over and counted.
package struct ArchiveReader {
    private let window: ArchiveWindow
    /// Bytes of the present record's block that were not read.
    private var rest = 0
    private var blockStart: Int64 = 0
    /// The record that a file of the older format begins with was met.
    private var isARC = false
    /// Damaged places that were passed over.
    package private(set) var damages = 0

    /// Longer headers are none.
    private static let maxHeaderBytes = 64 << 10
    private static let version = Array("WARC/1.".utf8)
    private static let arcStart = Array("filedesc://".utf8)

    init(_ source: any ByteSource) { window = ArchiveWindow(source) }

    /// Opens a file, plain or packed; `-` is standard input.
    package init(path: String) throws { self.init(try InputFile.open(path, keepsMembers: true)) }

    /// The next record; nil at the end.
    package mutating func next() throws -> ArchiveRecord? {
        try skipBlock()
        while true {
            try skipLineEnds()
            if window.count == 0, window.isAtEnd {
                // A record that is cut off at the end of the file is one more damaged place.
                if window.hasGap { noteGap() }
                return nil
            }
            if let (record, end) = try header() {
                window.drop(end)
                (rest, blockStart) = (record.length, window.position)
                return record
            }
            try resynchronise()
        }
    }

    /// A copy of the present record's block: all of it, or its first `limit` bytes. Nil for a damaged one, which is counted.
    package mutating func block(limit: Int) throws -> (bytes: [UInt8], isCut: Bool)? {
        try withBlock(limit: limit) { ([UInt8]($0), $1) }
    }

    /// The same as it lies in memory, valid within `body`.
    package mutating func withBlock<Value>(
        limit: Int, _ body: (_ bytes: UnsafeRawBufferPointer, _ isCut: Bool) throws -> Value
    ) throws -> Value? {
        let wanted = min(rest, limit)
        // A packed record is whole when its member ends well, which shows behind the line ends that follow the block.
        let isThere = try window.require(wanted == rest ? wanted + 5 : wanted) || window.count >= wanted
        if wanted == rest, window.hasGap, window.count < wanted + 5 {
            endInBlock()
            return nil
        }
        if let end = truncation(wanted) {
            // The record ends before its stated length, and the next one begins.
            window.drop(end)
            rest = 0
            damages += 1
            return nil
        }
        guard isThere else {
            endInBlock()
            return nil
        }
        let value = try body(.init(rebasing: window.bytes.prefix(wanted)), rest > wanted)
        window.drop(wanted)
        rest -= wanted
        return value
    }

    /// The first bytes of the block as they lie in memory, valid within `body`; they stay to be read.
    mutating func withFirst<Value>(
        _ count: Int, _ body: (UnsafeRawBufferPointer) throws -> Value
    ) throws -> Value {
        let wanted = min(rest, count)
        _ = try window.require(wanted)
        return try body(.init(rebasing: window.bytes.prefix(wanted)))
    }

    // MARK: Places

    private mutating func skipBlock() throws {
        while rest > 0 {
            if window.count == 0, try !window.require(1) { return endInBlock() }
            let step = min(rest, window.count)
            if let end = truncation(step) {
                window.drop(end)
                rest = 0
                damages += 1
                return
            }
            window.drop(step)
            rest -= step
        }
    }

    /// The archive ends, or is damaged, before the block does.
    private mutating func endInBlock() {
        rest = 0
        if window.hasGap { return noteGap() }
        damages += 1
        window.drop(window.count)
    }

    /// Where a packed record ends within the next bytes of its block, before its stated length: a member of the archive
    /// ends there, and the next begins with a record.
    private func truncation(_ wanted: Int) -> Int? {
        guard let end = window.memberEnd(after: blockStart) else { return nil }
        let place = Int(end - window.position)
        guard place >= 0, place < wanted else { return nil }
        let next = window.bytes[place...]
        return next.starts(with: Self.version) || isARC && next.starts(with: Self.arcTarget) ? place : nil
    }

    private mutating func skipLineEnds() throws {
        while true {
            if window.count == 0 {
                if window.hasGap, !window.isAtEnd { noteGap() }
                if try !window.require(1), !window.hasGap || window.isAtEnd { return }
                continue
            }
            guard window[0] == 0x0A || window[0] == 0x0D else { return }
            window.drop(1)
        }
    }

    /// The header of the record that begins here, and where it ends; nil when none does.
    private mutating func header() throws -> (record: ArchiveRecord, end: Int)? {
        _ = try window.require(Self.arcStart.count)
        guard window.bytes.starts(with: Self.version) else { return try arcHeader() }
        guard let end = try headerEnd(),
            let record = ArchiveRecord(.init(rebasing: window.bytes.prefix(end)))
        else { return nil }
        return (record, end)
    }

    /// Where the header ends, its empty line included; nil when there is no end within bounds.
    private mutating func headerEnd() throws -> Int? {
        var place = 0
        while place < Self.maxHeaderBytes {
            guard let lineEnd = window.bytes.lineEnd(from: place) else {
                place = window.count
                guard try window.require(place + 1) else { break }
                continue
            }
            place = lineEnd + 1
            // One CR is the rule; none, or two, are met.
            var end = place
            while end < place + 2, try window.require(end + 1), window[end] == 0x0D { end += 1 }
            if try window.require(end + 1), window[end] == 0x0A { return end + 1 }
        }
        return nil
    }

    /// Goes to the next place where a record may begin.
    private mutating func resynchronise() throws {
        if window.hasGap, window.count == 0 { return noteGap() }
        damages += 1
        window.drop(min(1, window.count))
        let pattern = [0x0A] + (isARC ? Self.arcTarget : Self.version)
        while true {
            if let place = window.place(of: pattern) {
                window.drop(place + 1)
                // Pages hold lines that begin as a record of an ARC file does.
                if try !isARC || arcHeader() != nil { return }
                continue
            }
            if window.hasGap {
                window.crossGap()
                return
            }
            if window.isAtEnd {
                window.drop(window.count)
                return
            }
            window.drop(max(0, window.count - pattern.count))
            try window.refill()
        }
    }

    /// Most records of an ARC file are answers to HTTP; the others are found where one ends well.
    private static let arcTarget = Array("http".utf8)

    /// The same of an ARC file: a line, once the line was met that every such file begins with.
    private mutating func arcHeader() throws -> (record: ArchiveRecord, end: Int)? {
        if window.bytes.starts(with: Self.arcStart) { isARC = true }
        guard isARC else { return nil }
        while window.count < Self.maxHeaderBytes, window.bytes.lineEnd(from: 0) == nil {
            guard try window.require(window.count + 1) else { return nil }
        }
        guard let lineEnd = window.bytes.lineEnd(from: 0), lineEnd < Self.maxHeaderBytes,
            let record = ArchiveRecord(arc: .init(rebasing: window.bytes.prefix(lineEnd)))
        else { return nil }
        return (record, lineEnd + 1)
    }

    private mutating func noteGap() {
        damages += 1
        window.crossGap()
    }
}

extension UnsafeRawBufferPointer {
    /// Where the line ends that begins at a place; nil when no end is there.
    func lineEnd(from place: Int) -> Int? {
        guard let start = baseAddress, place < count,
            let found = memchr(start + place, 0x0A, count - place)
        else { return nil }
        return UnsafeRawPointer(found) - start
    }
}
