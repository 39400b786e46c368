internal import GRDB

/// Finds pairs by key, by picture, by picture with text, and by where the picture came from.
///
/// None of these is the order in which pairs come: in trees that every commit writes to, each pair would change a page of
/// each, and the more pages there are the more of them a commit writes. So new pairs are found in memory, out of their
/// own rows, and go into the trees in their order, many at once: the more pairs, the more at once. A hash is known by its
/// first 48 bits; whoever asks looks at the pair too, for two may begin alike.
final class PairIndex {
    /// The last pair that is in the trees.
    private var through: Int64 = 0
    /// Pairs of a block of matches: as many wait in memory at least.
    private let size: Int64
    private var recent = RecentPairs()
    /// What is in memory is not what the catalogue says: it was never read, or a transaction was rolled back.
    private var isStale = true

    /// Most keys and pictures are new, so their trees are seldom asked.
    private var keys: FilteredTree
    private var images: FilteredTree

    private let indexedThrough: SQLStatement
    private let findKey: SQLStatement
    private let findImage: SQLStatement
    private let findGroup: SQLStatement
    private let tail: SQLStatement
    private let addKeys: BulkInsert
    private let addImages: BulkInsert
    private let addHosted: BulkInsert
    private let removeKey: SQLStatement
    private let removeImage: SQLStatement
    private let removeHosted: SQLStatement

    init(_ database: Database) throws {
        size = try Meta(database).pairsInBlock()
        let patience = Int(8 * size)
        keys = try FilteredTree(database, "keys", "key", patience: patience)
        images = try FilteredTree(database, "images", "image", patience: patience)
        indexedThrough = try SQLStatement(database, "SELECT \(Meta.indexedThrough)")
        findKey = try SQLStatement(database, "SELECT pair FROM keys WHERE key = ?")
        findImage = try SQLStatement(database, "SELECT pair FROM images WHERE image = ?")
        findGroup = try SQLStatement(database, "SELECT pair FROM images WHERE image = ? AND grp = ?")
        tail = try SQLStatement(
            database, "SELECT id, key, sha256, grp, origin FROM pairs WHERE id > ? ORDER BY id LIMIT ?")
        addKeys = try BulkInsert(database, into: "keys", ["key", "pair"])
        addImages = try BulkInsert(database, into: "images", ["image", "grp", "pair"])
        addHosted = try BulkInsert(database, into: "hosted", ["origin", "pair"])
        removeKey = try SQLStatement(database, "DELETE FROM keys WHERE key = ? AND pair = ?")
        removeImage = try SQLStatement(
            database, "DELETE FROM images WHERE image = ? AND grp = ? AND pair = ?")
        removeHosted = try SQLStatement(database, "DELETE FROM hosted WHERE origin = ? AND pair = ?")
    }

    /// The first 48 bits of a hash as a number.
    static func beginning(of hash: [UInt8]) -> Int64 { hash.prefix(6).reduce(0) { $0 << 8 | Int64($1) } }

    // MARK: Finding; ascending numbers of pairs whose hashes begin so

    func pairs(withKey key: [UInt8]) throws -> [Int64] {
        let key = Self.beginning(of: key)
        let tree = try keys.mayContain(key) ? findKey.bind(1, key) : nil
        return try numbers(tree) + recent.pairs(withKey: key)
    }

    func pairs(ofImage image: [UInt8]) throws -> [Int64] {
        let image = Self.beginning(of: image)
        let tree = try images.mayContain(image) ? findImage.bind(1, image) : nil
        return try numbers(tree) + recent.pairs(ofImage: image)
    }

    /// Pairs of a picture with a text.
    func pairs(ofImage image: [UInt8], group: [UInt8]) throws -> [Int64] {
        let (image, group) = (Self.beginning(of: image), Self.beginning(of: group))
        return try numbers(findGroup.bind(1, image).bind(2, group))
            + recent.pairs(ofImage: image, group: group)
    }

    /// What a tree says, where it has to be asked; whoever waits in memory is known after it.
    private func numbers(_ tree: SQLStatement?) throws -> [Int64] {
        try refresh()
        var numbers: [Int64] = []
        try tree?.forEach {
            numbers.append($0.int(0))
            return true
        }
        return numbers
    }

    /// Reads the pairs that are not in the trees out of their own rows, if they are not known.
    private func refresh() throws {
        guard isStale else { return }
        try readThrough()
        recent = RecentPairs()
        try forEachEntry(after: through, limit: -1) { recent.add($0) }
        isStale = false
    }

    private func readThrough() throws { through = try indexedThrough.first { $0.int(0) } ?? 0 }

    private func forEachEntry(after pair: Int64, limit: Int64, _ body: (RecentPairs.Entry) -> Void) throws {
        try tail.bind(1, pair).bind(2, limit).forEach {
            body(
                RecentPairs.Entry(
                    $0.int(0), key: $0.blob(1), image: $0.blob(2), group: $0.blob(3), origin: $0.int(4)))
            return true
        }
    }

    // MARK: Writing

    /// Notes a pair that has a row from now on.
    func add(_ row: PairRow, origin: Int64) throws {
        try refresh()
        recent.add(
            RecentPairs.Entry(row.id, key: row.key, image: row.sha256, group: row.group, origin: origin))
    }

    /// Forgets where the picture of a pair came from.
    func forgetOrigin(of pair: Int64, _ origin: Int64) throws {
        try refresh()
        guard pair <= through else { return recent.forgetOrigin(of: pair) }
        try removeHosted.bind(1, origin).bind(2, pair).run()
    }

    /// Forgets a pair whose row, that of a ghost, goes.
    func remove(_ row: PairRow) throws {
        try refresh()
        guard row.id <= through else { return recent.remove(row.id) }
        let entry = RecentPairs.Entry(row.id, key: row.key, image: row.sha256, group: row.group, origin: 0)
        try removeKey.bind(1, entry.key).bind(2, entry.pair).run()
        try removeImage.bind(1, entry.image).bind(2, entry.group).bind(3, entry.pair).run()
    }

    /// Forgets what a rolled-back transaction did.
    func forget() {
        recent = RecentPairs()
        isStale = true
    }

    /// Pairs that wait in memory: a sixteenth of those in the trees, within bounds. With 262,144 these are 30 MB.
    private var atOnce: Int64 { min(max(through / 16, size), mostAtOnce) }
    private var mostAtOnce: Int64 { 8 * size }

    /// Writes what waits into the trees: once there is enough, or all of it at a store's closing.
    func write(_ database: Database, lastPair: Int64, all: Bool = false) throws {
        try refresh()
        guard lastPair > through, all || lastPair - through >= atOnce else { return }
        try insert(recent.entries)
        try Meta(database).set(indexedThrough: lastPair)
        through = lastPair
        recent = RecentPairs()
    }

    private func insert(_ entries: [RecentPairs.Entry]) throws {
        for entry in entries {
            keys.insert(entry.key)
            images.insert(entry.image)
        }
        try addKeys.run(entries.sorted { ($0.key, $0.pair) < ($1.key, $1.pair) }) {
            $1.bind($2 + 1, $0.key).bind($2 + 2, $0.pair)
        }
        let byImage = entries.sorted { ($0.image, $0.group, $0.pair) < ($1.image, $1.group, $1.pair) }
        try addImages.run(byImage) {
            $1.bind($2 + 1, $0.image).bind($2 + 2, $0.group).bind($2 + 3, $0.pair)
        }
        let hosted = entries.filter { $0.origin != 0 }
        try addHosted.run(hosted.sorted { ($0.origin, $0.pair) < ($1.origin, $1.pair) }) {
            $1.bind($2 + 1, $0.origin).bind($2 + 2, $0.pair)
        }
    }

    /// Writes many at once out of `pairs` while there are as many: for a catalogue of an earlier version.
    func catchUp(_ database: Database, to last: Int64) throws {
        try readThrough()
        while last - through >= mostAtOnce {
            var entries: [RecentPairs.Entry] = []
            try forEachEntry(after: through, limit: mostAtOnce) { entries.append($0) }
            guard let end = entries.last?.pair else { return }
            try database.inTransaction(.immediate) {
                try insert(entries)
                try Meta(database).set(indexedThrough: end)
                return .commit
            }
            through = end
        }
    }
}
