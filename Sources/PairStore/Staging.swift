internal import Digest
internal import QueryBank

/// Pairs that wait for the next commit, in memory.
struct Staging {
    struct Item: Sendable {
        let pair: NewPair
        let sha256: SHA256Digest
        let priority: Priority
    }

    private(set) var items: [Item] = []
    private(set) var bytes = 0

    /// What may be lost in a crash at most: this many bytes or pairs, none of them acknowledged.
    static let maxBytes = 64 << 20
    static let maxPairs = 16_384

    var isFull: Bool { bytes >= Self.maxBytes || items.count >= Self.maxPairs }

    mutating func add(_ item: Item) {
        items.append(item)
        bytes += item.pair.image.count + item.pair.text.utf8.count
    }

    /// Drops the items that a commit has dealt with: the first `count`, for more may have come meanwhile.
    mutating func drop(first count: Int) {
        for item in items.prefix(count) { bytes -= item.pair.image.count + item.pair.text.utf8.count }
        items.removeFirst(count)
    }

    static func check(_ pair: NewPair, queryCount: Int) throws {
        let subject = pair.imageURL.oneLine
        guard pair.image.count > 0, pair.image.count <= TarHeader.maxSize else {
            throw StoreError(.badArgument, subject, "a picture of \(pair.image.count) bytes cannot be stored")
        }
        guard ["jpg", "png", "webp", "gif"].contains(pair.format) else {
            throw StoreError(.badArgument, subject, "format \(pair.format) is not one of jpg, png, webp, gif")
        }
        guard let last = pair.queries.last, last < UInt32(clamping: queryCount),
            zip(pair.queries, pair.queries.dropFirst()).allSatisfy({ $0 < $1 })
        else {
            throw StoreError(
                .badArgument, subject, "matched queries must be ascending rows of the store's list")
        }
    }
}
