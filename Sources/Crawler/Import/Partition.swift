internal import Digest

/// One of several runs that share an import: the pictures of some hosts, so that no host is met by two of them. Pictures
/// without an address are shared out by their bytes.
public struct Partition: Sendable, Hashable {
    /// Which part, from 1.
    public let number: Int
    /// How many parts there are.
    public let count: Int

    /// Nil unless `1 ≤ number ≤ count`.
    public init?(number: Int, count: Int) {
        guard number >= 1, number <= count else { return nil }
        (self.number, self.count) = (number, count)
    }

    /// Whether pictures of a host belong to this part: by 64 bits of the SHA-256 of its name.
    func holds(host: String) -> Bool {
        SHA256Digest(ofUTF8: host).firstWord % UInt64(count) == UInt64(number - 1)
    }
}
