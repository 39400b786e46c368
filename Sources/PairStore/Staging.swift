internal import Digest
internal import QueryBank

/// One pair that the rule is to decide on.
struct Offer: Sendable {
    /// What the catalogue will say of it; its `place` is set only where its bytes lie in a shard already.
    let row: PairRow
    let key: CandidateKey
    /// What a shard is to hold, or `nil` where it lies in one already.
    let bytes: Bytes?
    /// A pair of another store is known only if its group is: what that store fetched, it fetched.
    var comesFromStore = false

    enum Bytes: Sendable {
        /// The picture; the commit makes the sample around it.
        case image([UInt8])
        /// The whole sample, which was made beside the commits.
        case sample([UInt8], jsonBytes: Int)
    }

    var priority: Priority { row.priority }

    /// The picture, where it lies in no shard yet.
    var image: ArraySlice<UInt8>? {
        switch bytes {
        case .image(let image): image[...]
        case .sample(let sample, _): sample[row.layout.imageOffset...].prefix(row.imageBytes)
        case nil: nil
        }
    }

    /// The memory it takes, about: samples are counted whole.
    var size: Int {
        switch bytes {
        case .image(let image): image.count + row.text.utf8.count
        case .sample(let sample, _): sample.count
        case nil: row.text.utf8.count
        }
    }
}

/// Pairs that wait for the next commit, in memory.
struct Staging {
    private(set) var items: [Offer] = []
    private(set) var bytes = 0

    /// What may be lost in a crash at most: this many bytes or pairs, none of them acknowledged.
    static let maxBytes = 64 << 20
    static let maxPairs = 32_768

    var isFull: Bool { bytes >= Self.maxBytes || items.count >= Self.maxPairs }

    mutating func add(_ item: Offer) {
        items.append(item)
        bytes += item.size
    }

    /// Drops the items that a commit has dealt with: the first `count`, for more may have come meanwhile.
    mutating func drop(first count: Int) {
        for item in items.prefix(count) { bytes -= item.size }
        items.removeFirst(count)
    }

    private static let formats: Set = ["jpg", "png", "webp", "gif"]

    /// What can be wrong with a pair before it is stored.
    static func check(_ pair: NewPair, queryCount: Int) throws {
        let subject = pair.imageURL.oneLine
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
