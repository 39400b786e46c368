public import Digest
public import Foundation
public import QueryBank

/// An eligible candidate on its way into a store: fetched, decoded, past every filter.
public struct NewPair: Sendable {
    /// The canonical image URL, before redirects.
    public var imageURL: String
    /// The raw text that matched.
    public var text: String
    /// Where the text stood on its page, for example `alt` or `figcaption`.
    public var textSource: String
    /// The page that offered the pair.
    public var pageURL: String
    /// The picture's bytes, as they will be stored.
    public var image: [UInt8]
    /// The picture's format and its member's extension: `jpg`, `png`, `webp` or `gif`.
    public var format: String
    /// Width in pixels, as displayed.
    public var width: Int
    /// Height in pixels, as displayed.
    public var height: Int
    /// SHA-256 of the picture's bytes where it is known already; nil to have it computed.
    public var sha256: SHA256Digest?
    /// The perceptual hash of the picture; 0 where it has none.
    public var phash: UInt64
    /// The name of the hash; empty where the picture has none.
    public var phashAlgorithm: String
    /// When the picture was fetched; stored in whole milliseconds.
    public var fetchedAt: Date
    /// All queries that the text matches: ascending, unique, at least one.
    public var queries: [QueryID]
    /// The licence that the page states, if any.
    public var licence: String?
    /// The language of the page or text as a BCP 47 tag, if known.
    public var language: String?
    /// What else a list said of it.
    public var extra: ExtraFields?

    /// Describes a candidate; see the properties.
    public init(
        imageURL: String, text: String, textSource: String, pageURL: String, image: [UInt8], format: String,
        width: Int, height: Int, sha256: SHA256Digest? = nil, phash: UInt64, phashAlgorithm: String,
        fetchedAt: Date, queries: [QueryID],
        licence: String? = nil, language: String? = nil, extra: ExtraFields? = nil
    ) {
        self.imageURL = imageURL
        self.text = text
        self.textSource = textSource
        self.pageURL = pageURL
        self.image = image
        self.format = format
        self.width = width
        self.height = height
        self.sha256 = sha256
        self.phash = phash
        self.phashAlgorithm = phashAlgorithm
        self.fetchedAt = fetchedAt
        self.queries = queries
        self.licence = licence
        self.language = language
        self.extra = extra
    }

    /// The candidate's name, which becomes its members' name.
    public var key: CandidateKey { CandidateKey(imageURL: imageURL, text: text) }
}

/// What became of one staged pair.
public enum PairOutcome: String, Sendable, Codable {
    /// A query claims it: it is in the set.
    case kept
    /// No query claims it; it never will be in the set.
    case refused
    /// A smaller member stands for the same picture and text; the URL is kept as "also seen at".
    case merged
    /// A removal names it or its picture: it is not eligible.
    case removed
}

/// What one commit did.
public struct CommitReport: Sendable {
    /// Staged pairs that are in the set now.
    public internal(set) var kept = 0
    /// Staged pairs that no query claims.
    public internal(set) var refused = 0
    /// Staged pairs that joined a smaller member of their group.
    public internal(set) var merged = 0
    /// Staged pairs that a removal names.
    public internal(set) var removed = 0
    /// Earlier pairs that lost their last claim.
    public internal(set) var evicted = 0
    /// Earlier pairs whose group a smaller staged member stands for now.
    public internal(set) var superseded = 0
    /// The outcome of every staged pair by key.
    public internal(set) var outcomes: [CandidateKey: PairOutcome] = [:]
    /// The commit's number; it grows by one with every commit that changed something.
    public internal(set) var number: Int64 = 0

    mutating func count(_ outcome: PairOutcome, of key: CandidateKey) {
        outcomes[key] = outcome
        switch outcome {
        case .kept: kept += 1
        case .refused: refused += 1
        case .merged: merged += 1
        case .removed: removed += 1
        }
    }
}
