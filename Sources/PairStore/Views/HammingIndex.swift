/// Finds whether any of a set of 64-bit hashes lies within a Hamming distance of another: multi-index hashing (Norouzi,
/// Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", 2012).
///
/// A hash is cut into bands. If two hashes differ in at most `distance` bits, some band of theirs differs in at most
/// distance / bands of them, so looking up all such neighbours of each band finds it.
struct HammingIndex {
    private let distance: Int
    private let bands: [Band]
    /// By band, a chain for each value: the last hash that has it, from 1; 0 is none.
    private var heads: [[UInt32]]
    /// By band, the hash before in its chain.
    private var links: [[UInt32]]
    private var hashes: [UInt64] = []

    private struct Band {
        let shift: Int
        let mask: UInt64
        /// What to flip in a band's value to reach all that are near enough to it, itself first.
        let flips: [UInt64]

        init(shift: Int, width: Int, radius: Int) {
            self.shift = shift
            mask = (1 << UInt64(width)) - 1
            flips = Self.flips(width: width, radius: radius)
        }

        private static func flips(width: Int, radius: Int) -> [UInt64] {
            var all: [UInt64] = [0]
            var last: [UInt64] = [0]
            for _ in 0..<min(radius, width) {
                last = last.flatMap { value in
                    // Only bits above the highest one: each set of bits once.
                    (64 - value.leadingZeroBitCount..<width).map { value | 1 << UInt64($0) }
                }
                all += last
            }
            return all
        }

        func value(_ hash: UInt64) -> UInt64 { hash >> UInt64(shift) & mask }
    }

    /// An index for a distance of 0...16 bits. Four bands of 16 bits suit sets of up to some millions.
    init(distance: Int) {
        self.distance = distance
        let (count, width) = (4, 16)
        bands = (0..<count).map { Band(shift: $0 * width, width: width, radius: distance / count) }
        heads = Array(repeating: Array(repeating: 0, count: 1 << width), count: count)
        links = Array(repeating: [], count: count)
    }

    /// Adds a hash unless one that was added before lies within the distance.
    mutating func insert(_ hash: UInt64) -> Bool {
        guard !hasNear(hash) else { return false }
        hashes.append(hash)
        for (number, band) in bands.enumerated() {
            let value = Int(band.value(hash))
            links[number].append(heads[number][value])
            heads[number][value] = UInt32(hashes.count)
        }
        return true
    }

    private func hasNear(_ hash: UInt64) -> Bool {
        for (number, band) in bands.enumerated() {
            let value = band.value(hash)
            for flip in band.flips {
                var place = heads[number][Int(value ^ flip)]
                while place != 0 {
                    if (hashes[Int(place) - 1] ^ hash).nonzeroBitCount <= distance { return true }
                    place = links[number][Int(place) - 1]
                }
            }
        }
        return false
    }
}
