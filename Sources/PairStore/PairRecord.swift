public import Foundation
public import QueryBank
internal import Digest

/// One pair as readers see it; the JSON names are the ones that scripts rely on.
public struct PairRecord: Sendable, Codable, Equatable {
    /// One more place where the same picture and text were seen.
    public struct Sighting: Sendable, Codable, Equatable {
        /// The image URL.
        public var url: String
        /// The page that offered it.
        public var pageURL: String
        /// When it was fetched.
        public var fetchedAt: String

        enum CodingKeys: String, CodingKey {
            case url
            case pageURL = "page_url"
            case fetchedAt = "fetched_at"
        }
    }

    /// The pair's number in this store.
    public var id: Int64
    /// 32 hexadecimal digits: the pair's name in every store.
    public var key: String
    /// `live`, `evicted`, `superseded` or `removed`.
    public var status: String
    /// The shard file below `STORE/shards`, as it is called once sealed; `nil` once the bytes are gone.
    public var shard: String?
    /// Where the sample's first header block starts in the shard.
    public var offset: Int64?
    /// The picture's size in bytes.
    public var bytes: Int
    /// `jpg`, `png`, `webp` or `gif`.
    public var format: String
    /// Width in pixels, as displayed.
    public var width: Int
    /// Height in pixels, as displayed.
    public var height: Int
    /// SHA-256 of the picture's bytes, 64 hexadecimal digits.
    public var sha256: String
    /// The perceptual hash, 16 hexadecimal digits; `nil` where only the picture's header was read, and once it is removed.
    public var phash: String?
    /// The name of that hash.
    public var phashAlgorithm: String?
    /// `u` as 16 hexadecimal digits: smaller goes first, as numbers and as texts.
    public var priority: String
    /// The raw text.
    public var text: String
    /// Where the text stood.
    public var textSource: String
    /// The canonical image URL.
    public var url: String
    /// The page that offered the pair.
    public var pageURL: String
    /// All matched queries, ascending.
    public var queries: [QueryID]
    /// The queries that hold the pair, ascending.
    public var claims: [QueryID]
    /// When the picture was fetched: ISO 8601, UTC, milliseconds.
    public var fetchedAt: String
    /// The licence that the page states, if any.
    public var licence: String?
    /// The language, if known.
    public var language: String?
    /// What else a list said of the pair, if anything.
    public var extra: ExtraFields?
    /// Other places where the same picture and text were seen; only `pair(id:)` and `pair(key:)` fill it.
    public var alsoSeen: [Sighting]?

    enum CodingKeys: String, CodingKey {
        case id, key, status, shard, offset, bytes, format, width, height, sha256, phash, priority, text, url,
            queries
        case claims, licence, language, extra
        case phashAlgorithm = "phash_algorithm"
        case textSource = "text_source"
        case pageURL = "page_url"
        case fetchedAt = "fetched_at"
        case alsoSeen = "also_seen"
    }

    init(_ row: PairRow, claims: [QueryID]) {
        (id, key, status) = (row.id, row.hexKey, row.status.name)
        shard = row.place.map { StorePaths.shardName($0.shard, sealed: true) }
        offset = row.place?.offset
        (bytes, format, width, height) = (row.imageBytes, row.format, row.width, row.height)
        sha256 = Hex.encode(row.sha256)
        if !row.phashAlgorithm.isEmpty { (phash, phashAlgorithm) = (Hex.word(row.phash), row.phashAlgorithm) }
        priority = Hex.word(row.u)
        (text, textSource, url, pageURL) = (row.text, row.textSource, row.imageURL, row.pageURL)
        (queries, self.claims) = (row.queries, claims)
        fetchedAt = Timestamp.text(row.fetchedAt)
        (licence, language, extra) = (row.licence, row.language, row.extra)
    }

    /// When the picture was fetched, as a date; `nil` if the text is no date.
    public var fetchedDate: Date? {
        try? Date(fetchedAt, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
