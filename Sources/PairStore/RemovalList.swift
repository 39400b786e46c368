public import Digest
internal import QueryBank

/// All removals of a store, to ask whether one of them names something.
public struct RemovalList: Sendable, Equatable {
    private var rules: Set<Removal>
    private let kinds: Set<Removal.Kind>

    /// A list of some removals.
    public init(_ rules: Set<Removal>) {
        self.rules = rules
        kinds = Set(rules.map(\.kind))
    }

    /// Whether nothing is removed.
    public var isEmpty: Bool { rules.isEmpty }

    /// Whether a candidate is named by its picture's address, its page, text, key or picture.
    public func names(
        imageURL: String, pageURL: String, text: String, key: [UInt8], sha256: SHA256Digest? = nil
    ) -> Bool {
        !rules.isEmpty
            && Removal.names(
                imageURL: imageURL, pageURL: pageURL, text: text, key: key, sha256: sha256?.bytes,
                kinds: kinds
            ).contains(where: rules.contains)
    }

    /// Whether a picture's address, or its host, is named.
    public func names(imageURL: String) -> Bool {
        !rules.isEmpty
            && Removal.names(
                imageURL: imageURL, pageURL: "", text: "", key: [], sha256: nil,
                kinds: kinds.intersection([.url, .host])
            ).contains(where: rules.contains)
    }

    /// Whether a page is named.
    public func names(pageURL: String) -> Bool {
        kinds.contains(.page) && rules.contains(Removal(.page, hash: Removal.hash(pageURL)))
    }

    func names(_ candidate: Candidate) -> Bool {
        // Most stores have no removals, and a key costs a hash.
        !isEmpty
            && names(
                imageURL: candidate.imageURL, pageURL: candidate.pageURL, text: candidate.text,
                key: CandidateKey(imageURL: candidate.imageURL, text: candidate.text).bytes)
    }
}
