internal import Digest

/// A candidate's place in the order of claims: smaller goes first ("Balance" in the design).
///
/// `u` decides; equal `u` goes by image URL, then text, both by their UTF-8 bytes, so the order is total and the
/// same everywhere.
public struct Priority: Hashable, Sendable, Comparable {
    /// The version of the hash; a store is bound to it.
    public static let version = 1

    /// The first 8 bytes, as a big-endian number, of SHA-256 over (seed as 8 little-endian bytes, length of the
    /// URL as 8 little-endian bytes, URL, text).
    public let u: UInt64
    /// The canonical image URL.
    public let imageURL: String
    /// The candidate's text.
    public let text: String

    /// Computes the priority of a candidate under a seed.
    public init(imageURL: String, text: String, seed: UInt64) {
        self.init(
            u: SHA256Digest(imageURL: imageURL, text: text, seed: seed).firstWord, imageURL: imageURL,
            text: text)
    }

    /// Restores a priority whose `u` is known, from a catalogue.
    public init(u: UInt64, imageURL: String, text: String) {
        self.u = u
        self.imageURL = imageURL
        self.text = text
    }

    /// Smaller `u` first, then URL, then text.
    public static func < (left: Self, right: Self) -> Bool {
        if left.u != right.u { return left.u < right.u }
        if !left.imageURL.utf8.elementsEqual(right.imageURL.utf8) {
            return left.imageURL.utf8.lexicographicallyPrecedes(right.imageURL.utf8)
        }
        return left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// Byte equality: `String`'s own equality would take é in one scalar and é in two for the same.
    public static func == (left: Self, right: Self) -> Bool {
        left.u == right.u && left.imageURL.utf8.elementsEqual(right.imageURL.utf8)
            && left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Hashes `u`, which is a hash of the rest.
    public func hash(into hasher: inout Hasher) { hasher.combine(u) }
}
