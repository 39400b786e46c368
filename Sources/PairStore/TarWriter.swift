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
        addHeader(name, size: content.count)
        bytes.append(contentsOf: content)
        addPadding(after: content.count)
    }

    /// Begins a member whose content, of `size` bytes, is added on its own, and its padding after it.
    mutating func addHeader(_ name: String, size: Int) {
        TarHeader.append(name: name, size: size, to: &bytes)
    }

    /// Fills the last block of a content of `size` bytes.
    mutating func addPadding(after size: Int) {
        bytes.append(contentsOf: Self.endOfArchive[..<(TarHeader.padded(size) - size)])
    }

    /// Adds the two zero blocks that end an archive.
    public mutating func end() { bytes.append(contentsOf: Self.endOfArchive) }

    /// Adds bytes as they are: whole members that were built before, or a member's content.
    mutating func add(raw some: some Collection<UInt8>) { bytes.append(contentsOf: some) }

    /// Hands over the bytes and keeps the buffer's memory for more.
    mutating func drain(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try bytes.withUnsafeBytes(body)
        bytes.removeAll(keepingCapacity: true)
    }

    static let endOfArchive = [UInt8](repeating: 0, count: 2 * TarHeader.blockSize)
}
