internal import Digest

/// Something that must leave a store and never come back: a name of pairs.
public struct Removal: Sendable, Hashable {
    /// What is named; the raw value is the flag's name.
    public enum Kind: String, Sendable, CaseIterable {
        /// A canonical image URL.
        case url
        /// A host that serves pictures, in lower case.
        case host
        /// The URL of a page that offers pairs.
        case page
        /// A picture, by the SHA-256 of its bytes.
        case sha256
        /// A raw text, whole.
        case text
        /// A pair, by its key.
        case key
    }

    /// What is named.
    public let kind: Kind
    /// SHA-256 of a URL, host, page or text; the value itself of a `sha256` or `key`.
    let hash: [UInt8]

    /// Names something. Throws `badArgument` for an empty value, and for a `sha256` or `key` that is not 64 or 32
    /// hexadecimal digits.
    public init(_ kind: Kind, _ value: String) throws {
        self.kind = kind
        guard !value.isEmpty else {
            throw StoreError(.badArgument, kind.rawValue, "an empty value names nothing")
        }
        switch kind {
        case .url, .page, .text: hash = Self.hash(value)
        case .host: hash = Self.hash(value.lowercased())
        case .sha256, .key:
            guard let bytes = Hex.decode(value), bytes.count == (kind == .key ? 16 : 32) else {
                throw StoreError(
                    .badArgument, value.oneLine,
                    "is no \(kind.rawValue): \(kind == .key ? 32 : 64) hexadecimal digits are expected")
            }
            hash = bytes
        }
    }

    init(_ kind: Kind, hash: [UInt8]) {
        self.kind = kind
        self.hash = hash
    }

    static func hash(_ text: String) -> [UInt8] { SHA256Digest(ofUTF8: text).bytes }

    /// Every name that a pair goes by.
    static func names(
        imageURL: String, pageURL: String, text: String, key: [UInt8], sha256: [UInt8]?,
        kinds: some Collection<Kind> = Kind.allCases
    ) -> [Removal] {
        kinds.compactMap { kind in
            switch kind {
            case .url: Removal(.url, hash: hash(imageURL))
            case .host: Removal(.host, hash: hash(URLParts(imageURL).host))
            case .page: Removal(.page, hash: hash(pageURL))
            case .text: Removal(.text, hash: hash(text))
            case .key: Removal(.key, hash: key)
            case .sha256: sha256.map { Removal(.sha256, hash: $0) }
            }
        }
    }
}

extension PairRow {
    var removalNames: [Removal] {
        Removal.names(imageURL: imageURL, pageURL: pageURL, text: text, key: key, sha256: sha256)
    }
}
