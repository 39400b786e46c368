internal import Digest
internal import QueryBank

/// One pair that the rule is to decide on.
final class Offer: Sendable {
    /// What the catalogue will say of it; its `place` is set only where its bytes lie in a shard already.
    let row: PairRow
    let key: CandidateKey
    /// What a shard is to hold, or `nil` where it lies in one already.
    let content: Content?
    /// A pair of another store is known only if its group is: what that store fetched, it fetched.
    let comesFromStore: Bool
    let details: RowDetails

    init(row: PairRow, key: CandidateKey, content: Content?, comesFromStore: Bool = false) {
        (self.row, self.key, self.content, self.comesFromStore) = (row, key, content, comesFromStore)
        details = RowDetails(row)
    }

    struct Content: Sendable {
        let image: [UInt8]
        /// `KEY.json`, where it was made beside the commits.
        var json: [UInt8]?
    }

    var priority: Priority { row.priority }

    /// The memory that its bytes take, about.
    var size: Int {
        row.text.utf8.count + (content.map { $0.image.count + ($0.json?.count ?? 0) } ?? 0)
    }
}

/// What follows from a row and takes a while to find out: made with the offer, beside the commits.
struct RowDetails {
    let image: URLParts
    let page: URLParts
    /// As the catalogue stores them.
    let queries: [UInt8]
    let pairClass: PairClass

    init(_ row: PairRow) {
        (image, page) = (URLParts(row.imageURL), URLParts(row.pageURL))
        queries = Stored.encode(row.queries)
        pairClass = PairClass(row)
    }
}

/// Pairs that wait for a commit's end, in memory.
struct Staging {
    /// What a commit is deciding on, or failed to.
    private var taken: [Offer] = []
    private var waiting: [Offer] = []
    private(set) var bytes = 0

    var count: Int { taken.count + waiting.count }

    /// What may be lost in a crash at most: this many bytes or pairs, none of them acknowledged.
    static let maxBytes = 128 << 20
    static let maxPairs = 65_536

    var isFull: Bool { bytes >= Self.maxBytes || count >= Self.maxPairs }

    /// Half of what there is room for waits, so that as much can gather while it is committed.
    var isHalfFull: Bool { bytes >= Self.maxBytes / 2 || count >= Self.maxPairs / 2 }

    mutating func add(_ item: Offer) {
        waiting.append(item)
        bytes += item.size
    }

    /// Gives everything to a commit; more may come until it is done.
    mutating func take() -> [Offer] {
        if taken.isEmpty { swap(&taken, &waiting) }
        taken += waiting
        waiting = []
        return taken
    }

    /// Drops what was taken: a commit has dealt with it.
    mutating func drop() {
        for item in taken { bytes -= item.size }
        taken = []
    }

    func first(where isAsked: (Offer) -> Bool) -> Offer? {
        taken.first(where: isAsked) ?? waiting.first(where: isAsked)
    }

    private static let formats: Set = ["jpg", "png", "webp", "gif"]

    /// What can be wrong with a pair before it is stored.
    static func check(_ pair: NewPair, queryCount: Int) throws {
        var subject: String { pair.imageURL.oneLine }
        guard pair.image.count > 0, pair.image.count <= TarHeader.maxSize else {
            throw StoreError(.badArgument, subject, "a picture of \(pair.image.count) bytes cannot be stored")
        }
        guard formats.contains(pair.format) else {
            throw StoreError(.badArgument, subject, "format \(pair.format) is not one of jpg, png, webp, gif")
        }
        guard let last = pair.queries.last, last < UInt32(clamping: queryCount),
            pair.queries.indices.dropFirst().allSatisfy({ pair.queries[$0 - 1] < pair.queries[$0] })
        else {
            throw StoreError(
                .badArgument, subject, "matched queries must be ascending rows of the store's list")
        }
    }
}
