internal import GRDB

/// A set of hashes that answers in one access to memory: "not in it" for sure, "in it" now and then wrongly.
///
/// A Bloom filter whose bits of one hash lie in one cache line (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient
/// Bloom Filters, 2007): four bits in a block of 512, at least ten bits for each hash that there is room for, so that fewer
/// than one in twenty others seem to be in a full one.
struct HashFilter {
    private var words: [UInt64]
    private let blockMask: UInt64
    private let capacity: Int
    private var count = 0

    private static let wordsInBlock = 8
    private static let bitsOfEach = 10

    /// - Parameter capacity: how many hashes there is room for.
    init(capacity: Int) {
        var blocks = 1
        while blocks * Self.wordsInBlock * UInt64.bitWidth < capacity * Self.bitsOfEach { blocks *= 2 }
        words = [UInt64](repeating: 0, count: blocks * Self.wordsInBlock)
        blockMask = UInt64(blocks - 1)
        self.capacity = capacity
    }

    /// Whether it holds more than there is room for: it answers wrongly more often then.
    var isOverfull: Bool { count > capacity }

    mutating func insert(_ hash: Int64) {
        let mixed = Self.mix(hash)
        let block = firstWord(mixed)
        for place in 0..<4 {
            let bit = Self.bit(mixed, place)
            words[block + bit >> 6] |= 1 << UInt64(bit & 63)
        }
        count += 1
    }

    func mayContain(_ hash: Int64) -> Bool {
        let mixed = Self.mix(hash)
        let block = firstWord(mixed)
        return (0..<4).allSatisfy { place in
            let bit = Self.bit(mixed, place)
            return words[block + bit >> 6] & 1 << UInt64(bit & 63) != 0
        }
    }

    /// The upper 28 bits name the block, the lower 36 four bits in it.
    private func firstWord(_ mixed: UInt64) -> Int { Int((mixed >> 36) & blockMask) * Self.wordsInBlock }

    private static func bit(_ mixed: UInt64, _ place: Int) -> Int { Int((mixed >> UInt64(9 * place)) & 511) }

    /// SplitMix64's finaliser: every bit of the hash reaches every bit.
    private static func mix(_ hash: Int64) -> UInt64 {
        var word = UInt64(bitPattern: hash)
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// A filter before a tree of hashes: made once a session has looked so often that reading the whole tree pays.
struct FilteredTree {
    private let hashes: SQLStatement
    private let size: SQLStatement
    private let patience: Int
    private var lookUps = 0
    private var filter: HashFilter?

    /// Filters have room for so many hashes at least, and are made for so many at most (1 GiB).
    private static let (least, most): (Int64, Int64) = (1 << 16, 400_000_000)

    /// - Parameters:
    ///   - column: the hash's column in `table`, which an index or the table's own order begins with.
    ///   - patience: look-ups before the filter is made.
    init(_ database: Database, _ table: String, _ column: String, patience: Int) throws {
        hashes = try SQLStatement(database, "SELECT \(column) FROM \(table)")
        size = try SQLStatement(database, "SELECT count(*) FROM \(table)")
        self.patience = patience
    }

    /// Whether the tree has to be asked for a hash.
    mutating func mayContain(_ hash: Int64) throws -> Bool {
        lookUps += 1
        if lookUps >= patience, filter?.isOverfull ?? true { try makeFilter() }
        return filter?.mayContain(hash) ?? true
    }

    /// Notes a hash that enters the tree.
    mutating func insert(_ hash: Int64) { filter?.insert(hash) }

    private mutating func makeFilter() throws {
        lookUps = 0
        filter = nil
        let count = try size.first { $0.int(0) } ?? 0
        guard count <= Self.most else { return }
        var made = HashFilter(capacity: Int(max(2 * count, Self.least)))
        try hashes.forEach {
            made.insert($0.int(0))
            return true
        }
        filter = made
    }
}
