/// A member of an archive: where its content lies.
public struct TarMember: Sendable, Hashable {
    /// The path in the archive.
    public let name: String
    /// Where the content starts, in bytes from the start of the archive.
    public let offset: Int64
    /// The content's length in bytes.
    public let size: Int64
    /// Where the member's first header block starts (a long-name record before it included).
    public let start: Int64

    /// Where the next member starts.
    public var end: Int64 { offset + Int64(TarHeader.padded(Int(size))) }
}

/// Reads the members of an archive: ustar, pax (path and size records) and GNU (long names, binary sizes).
///
/// Only regular files are given; folders, links and other kinds are passed over. Nothing is held but one record of
/// names, at most 64 KiB. An archive may end with or without its two zero blocks; one that is cut inside a member
/// throws `badArchive`, and so does a block that is no header.
public struct TarReader {
    /// What the archive is called in errors.
    public let name: String
    /// The archive's length in bytes.
    public let size: Int64
    /// Where the next header is expected.
    public private(set) var position: Int64 = 0

    private let source: any TarSource
    private var paxPath: String?
    private var paxSize: Int64?
    private var longName: String?
    private var memberStart: Int64?

    private static let maxRecordBytes: Int64 = 64 << 10

    /// Opens a file. Throws when it cannot be read.
    public init(path: String) throws {
        let file = try PosixFile.reading(path)
        self.init(FileSource(file: file), name: path, size: try file.size())
    }

    /// Reads an archive in memory.
    public init(bytes: [UInt8], name: String) {
        self.init(BytesSource(bytes: bytes), name: name, size: Int64(bytes.count))
    }

    private init(_ source: any TarSource, name: String, size: Int64) {
        self.source = source
        self.name = name
        self.size = size
    }

    /// The next regular file, or `nil` at the end of the archive.
    public mutating func next() throws -> TarMember? {
        while position + Int64(TarHeader.blockSize) <= size {
            let block = try read(at: position, count: TarHeader.blockSize)
            if block.allSatisfy({ $0 == 0 }) { return nil }
            guard let header = block.withUnsafeBytes({ TarHeader($0) }) else {
                throw StoreError(.badArchive, name, "no archive header at byte \(position)")
            }
            if let member = try take(header) { return member }
        }
        if position < size {
            throw StoreError(.badArchive, name, "ends inside a header at byte \(position)")
        }
        return nil
    }

    /// A member's content, at most `maxBytes` of it.
    public func content(of member: TarMember, maxBytes: Int = 1 << 30) throws -> [UInt8] {
        guard member.size <= maxBytes else {
            throw StoreError(
                .badArchive, name, "\(member.name) holds \(member.size) bytes, more than \(maxBytes)")
        }
        return try read(at: member.offset, count: Int(member.size))
    }

    /// The first bytes of a member's content.
    func prefix(of member: TarMember, bytes: Int) throws -> [UInt8] {
        try read(at: member.offset, count: min(bytes, Int(member.size)))
    }

    private func read(at offset: Int64, count: Int) throws -> [UInt8] {
        let bytes = try source.read(at: offset, count: count)
        guard bytes.count == count else {
            throw StoreError(
                .badArchive, name, "ends at byte \(offset + Int64(bytes.count)), inside a member")
        }
        return bytes
    }

    private mutating func take(_ header: TarHeader) throws -> TarMember? {
        let start = position
        let offset = position + Int64(TarHeader.blockSize)
        let isExtension = [UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K")]
            .contains(header.type)
        let size = isExtension ? Int64(header.size) : paxSize ?? Int64(header.size)
        guard size <= self.size - offset else {
            throw StoreError(
                .badArchive, name, "ends inside \(header.name), \(size) bytes from byte \(offset)")
        }
        position = offset + Int64(TarHeader.padded(Int(size)))
        if isExtension {
            if memberStart == nil { memberStart = start }
            try takeRecord(header.type, at: offset, size: size)
            return nil
        }
        defer { (paxPath, paxSize, longName, memberStart) = (nil, nil, nil, nil) }
        // "0" and NUL are plain files, "7" a contiguous one; anything else has no content of interest.
        guard [UInt8(ascii: "0"), 0, UInt8(ascii: "7")].contains(header.type) else { return nil }
        let name = paxPath ?? longName ?? header.name
        if name.hasSuffix("/") { return nil }
        return TarMember(name: name, offset: offset, size: size, start: memberStart ?? start)
    }

    private mutating func takeRecord(_ type: UInt8, at offset: Int64, size: Int64) throws {
        guard size <= Self.maxRecordBytes else {
            throw StoreError(.badArchive, name, "a name record of \(size) bytes at byte \(offset)")
        }
        let record = try read(at: offset, count: Int(size))
        switch type {
        case UInt8(ascii: "L"): longName = String(decoding: record.prefix { $0 != 0 }, as: UTF8.self)
        case UInt8(ascii: "x"): try takePax(record)
        default: break
        }
    }

    /// POSIX.1-2001 records: "LENGTH KEY=VALUE\n", the length counting itself.
    private mutating func takePax(_ record: [UInt8]) throws {
        var rest = record[...]
        while let space = rest.firstIndex(of: UInt8(ascii: " ")) {
            guard let length = Int(String(decoding: rest[rest.startIndex..<space], as: UTF8.self)),
                length > space - rest.startIndex + 1, length <= rest.count
            else { throw StoreError(.badArchive, name, "a broken pax record before byte \(position)") }
            let entry = rest[(space + 1)..<(rest.startIndex + length - 1)]
            rest = rest[(rest.startIndex + length)...]
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = String(decoding: entry[(equals + 1)...], as: UTF8.self)
            switch String(decoding: entry[..<equals], as: UTF8.self) {
            case "path": paxPath = value
            case "size":
                guard let size = Int64(value), size >= 0 else {
                    throw StoreError(.badArchive, name, "a pax size of \(value) before byte \(position)")
                }
                paxSize = size
            default: break
            }
        }
    }
}

/// Where an archive's bytes come from.
private protocol TarSource {
    /// Up to `count` bytes; fewer at the end.
    func read(at offset: Int64, count: Int) throws -> [UInt8]
}

private struct FileSource: TarSource {
    let file: PosixFile

    func read(at offset: Int64, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            initialised = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
        }
    }
}

private struct BytesSource: TarSource {
    let bytes: [UInt8]

    func read(at offset: Int64, count: Int) throws -> [UInt8] {
        guard offset >= 0, offset <= bytes.count else { return [] }
        return Array(bytes[Int(offset)..<min(Int(offset) + count, bytes.count)])
    }
}
