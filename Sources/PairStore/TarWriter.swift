/// Builds plain ustar archives in memory: the caller decides where the bytes go.
///
/// Equal members give equal bytes: times and owners are zero, the mode is 0644.
public struct TarWriter: Sendable {
    /// What was written and not handed over yet.
    public private(set) var bytes: [UInt8] = []

    /// Starts an empty archive.
    public init() {}

    /// Starts an archive that will have so many bytes.
    init(reserving count: Int) { bytes.reserveCapacity(count) }

    /// Adds a member; the name is at most 100 bytes and the content below 8 GiB.
    public mutating func add(_ name: String, _ content: some Collection<UInt8>) {
        TarHeader.append(name: name, size: content.count, to: &bytes)
        bytes.append(contentsOf: content)
        bytes.append(contentsOf: Self.endOfArchive[..<(TarHeader.padded(content.count) - content.count)])
    }

    /// Adds the two zero blocks that end an archive.
    public mutating func end() { bytes.append(contentsOf: Self.endOfArchive) }

    /// Adds whole members that were built before.
    mutating func add(raw members: [UInt8]) { bytes.append(contentsOf: members) }

    /// Hands over the bytes and keeps the buffer's memory for more.
    mutating func drain(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try bytes.withUnsafeBytes(body)
        bytes.removeAll(keepingCapacity: true)
    }

    static let endOfArchive = [UInt8](repeating: 0, count: 2 * TarHeader.blockSize)
}
