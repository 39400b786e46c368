internal import Digest

/// The name of a candidate, the same in every store: the first half of SHA-256 over the image URL and the text.
public struct CandidateKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Hashes (8-byte little-endian length of the URL, URL, text), all UTF-8. The length keeps (ab, c) from
    /// (a, bc).
    public init(imageURL: String, text: String) {
        self.init(SHA256Digest(imageURL: imageURL, text: text, seed: nil).bytes.prefix(16))
    }

    /// Reads 32 hexadecimal digits of either case; `nil` for anything else.
    public init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// Takes 16 bytes; `nil` for another number of them.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.init(bytes[...])
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        let word: (ArraySlice<UInt8>) -> UInt64 = { $0.reduce(0) { $0 << 8 | UInt64($1) } }
        high = word(bytes.prefix(8))
        low = word(bytes.suffix(8))
    }

    /// The 16 bytes as two big-endian numbers.
    var words: (high: UInt64, low: UInt64) { (high, low) }

    /// The 16 bytes, most significant first.
    public var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    }

    /// 32 lower-case hexadecimal digits.
    public var hex: String { Hex.encode(bytes) }

    /// The hexadecimal form.
    public var description: String { hex }

    /// The order of the bytes, which is that of the digits.
    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension SHA256Digest {
    /// The hash both a candidate's key and its priority come from; the seed, if any, goes first as 8 bytes.
    init(imageURL: String, text: String, seed: UInt64?) {
        var hasher = SHA256Hasher()
        if let seed { hasher.update(littleEndian: seed) }
        hasher.update(littleEndian: UInt64(imageURL.utf8.count))
        hasher.update(utf8: imageURL)
        hasher.update(utf8: text)
        self = hasher.finish()
    }
}

extension SHA256Hasher {
    fileprivate mutating func update(littleEndian value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { update($0) }
    }
}
