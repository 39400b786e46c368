internal import GRDB

/// The trees of `PairIndex` against the pairs they are of.
struct IndexCheck {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// Entries that say the same have the same sum, in any order.
    private struct Sum: Equatable {
        var count: Int64 = 0
        var sum: UInt64 = 0

        mutating func add(_ numbers: [Int64]) {
            count += 1
            // A finaliser of MurmurHash3 between the numbers, so that a swap shows.
            sum &+= numbers.reduce(0) { hash, number in
                var hash = (hash ^ UInt64(bitPattern: number)) &* 0xFF51_AFD7_ED55_8CCD
                hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
                return hash ^ (hash >> 33)
            }
        }
    }

    /// A line for each tree that says something else than the pairs.
    func run() throws -> [String] {
        var (keys, images, hosted) = (Sum(), Sum(), Sum())
        try SQLStatement(
            database,
            """
            SELECT id, key, sha256, grp, origin FROM pairs
            WHERE id <= \(Meta.indexedThrough)
            """
        ).forEach {
            let pair = $0.int(0)
            keys.add([PairIndex.beginning(of: $0.blob(1)), pair])
            images.add([PairIndex.beginning(of: $0.blob(2)), PairIndex.beginning(of: $0.blob(3)), pair])
            if $0.int(4) != 0 { hosted.add([$0.int(4), pair]) }
            return true
        }
        let trees = [
            ("keys", keys, try sum("key, pair", of: "keys", columns: 2)),
            ("images", images, try sum("image, grp, pair", of: "images", columns: 3)),
            ("hosted", hosted, try sum("origin, pair", of: "hosted", columns: 2)),
        ]
        return trees.compactMap { name, pairs, tree in
            if pairs == tree { return nil }
            return "\(name) holds \(tree.count) entries, which are not those of the \(pairs.count) pairs"
        }
    }

    /// What a tree says.
    private func sum(_ names: String, of tree: String, columns: Int32) throws -> Sum {
        var sum = Sum()
        try SQLStatement(database, "SELECT \(names) FROM \(tree)").forEach { row in
            sum.add((0..<columns).map { row.int($0) })
            return true
        }
        return sum
    }
}
