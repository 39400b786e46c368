/// Pairs that are in no tree yet, found by the beginnings of their hashes.
struct RecentPairs {
    /// One pair as the trees have it.
    struct Entry {
        let pair: Int64
        let key: Int64
        let image: Int64
        let group: Int64
        /// 0 for a pair whose content was removed.
        let origin: Int64

        init(_ pair: Int64, key: [UInt8], image: [UInt8], group: [UInt8], origin: Int64) {
            (self.pair, self.origin) = (pair, origin)
            (self.key, self.image) = (PairIndex.beginning(of: key), PairIndex.beginning(of: image))
            self.group = PairIndex.beginning(of: group)
        }

        fileprivate init(_ pair: Int64, _ key: Int64, _ image: Int64, _ group: Int64, _ origin: Int64) {
            (self.pair, self.key, self.image, self.group, self.origin) = (pair, key, image, group, origin)
        }
    }

    /// By place, in the order they came; 0 for one that was taken out again.
    private var pairs: [Int64] = []
    private var origins: [Int64] = []
    private var keys = HashChains()
    private var images = HashChains()
    private var groups = HashChains()

    mutating func add(_ entry: Entry) {
        pairs.append(entry.pair)
        origins.append(entry.origin)
        keys.append(entry.key)
        images.append(entry.image)
        groups.append(entry.group)
    }

    mutating func forgetOrigin(of pair: Int64) {
        if let place = pairs.lastIndex(of: pair) { origins[place] = 0 }
    }

    mutating func remove(_ pair: Int64) {
        if let place = pairs.lastIndex(of: pair) { pairs[place] = 0 }
    }

    /// All of them, in the order they came.
    var entries: [Entry] {
        pairs.indices.filter { pairs[$0] != 0 }.map { place in
            Entry(
                pairs[place], keys.hashes[place], images.hashes[place], groups.hashes[place], origins[place])
        }
    }

    // MARK: Finding; numbers in the order they came

    func pairs(withKey key: Int64) -> [Int64] { pairs(at: keys.places(of: key)) }
    func pairs(ofImage image: Int64) -> [Int64] { pairs(at: images.places(of: image)) }

    func pairs(ofImage image: Int64, group: Int64) -> [Int64] {
        pairs(at: groups.places(of: group).filter { images.hashes[$0] == image })
    }

    private func pairs(at places: [Int]) -> [Int64] { places.map { pairs[$0] }.filter { $0 != 0 } }
}

/// A list of hashes with a table of chains through it: those whose lowest bits are equal, each knowing the one before.
///
/// The hashes are parts of SHA-256 sums, so their lowest bits are as good as any others; there is a chain for every one
/// or two of them, and nothing is hashed again.
private struct HashChains {
    private(set) var hashes: [Int64] = []
    /// The place before in the same chain, by place; -1 at its start.
    private var previous: [Int32] = []
    /// The last place of a chain; a power of two of them.
    private var last = [Int32](repeating: -1, count: 1 << 10)

    mutating func append(_ hash: Int64) {
        if hashes.count >= last.count { grow() }
        hashes.append(hash)
        link(hashes.count - 1)
    }

    private mutating func link(_ place: Int) {
        let chain = chain(of: hashes[place])
        previous.append(last[chain])
        last[chain] = Int32(place)
    }

    private mutating func grow() {
        last = [Int32](repeating: -1, count: 2 * last.count)
        previous.removeAll(keepingCapacity: true)
        for place in hashes.indices { link(place) }
    }

    private func chain(of hash: Int64) -> Int { Int(truncatingIfNeeded: hash) & (last.count - 1) }

    /// Where a hash stands, ascending.
    func places(of hash: Int64) -> [Int] {
        var places: [Int] = []
        var place = Int(last[chain(of: hash)])
        while place >= 0 {
            if hashes[place] == hash { places.append(place) }
            place = Int(previous[place])
        }
        return places.reversed()
    }
}
