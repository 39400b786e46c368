/// The order of one epoch, a pure function of (samples in each shard, seed, epoch). See DESIGN.md beside this file.
///
/// Shards are cut into chunks of neighbouring samples, the chunks are shuffled and laid end to end, that line is cut
/// into `streamCount` equal spans, and each span is shuffled in windows. Position p of the epoch belongs to stream
/// p mod `streamCount`.
struct EpochOrder {
    /// Canonical streams: a world size that divides it gives each rank shards of its own.
    static let streamCount = 64
    /// Samples shuffled together within a stream.
    static let windowSize = 4_096

    /// Samples in the epoch.
    let count: Int
    private let seed: UInt64
    /// The epoch, from 0.
    let epoch: Int
    /// For each shuffled chunk, its first sample and its place on the line.
    private let chunkFirst: [Int]
    private let chunkStart: [Int]
    private var windows: [(number: Int, order: [UInt32])]

    init(shardCounts: [Int], seed: UInt64, epoch: Int) {
        count = shardCounts.reduce(0, +)
        self.seed = seed
        self.epoch = epoch
        let chunks = Self.chunks(shardCounts, of: Self.chunkSize(count))
        var generator = OrderGenerator(seed, UInt64(epoch))
        var place = 0
        var first: [Int] = []
        var start: [Int] = []
        for number in generator.permutation(chunks.count) {
            let chunk = chunks[Int(number)]
            first.append(chunk.lowerBound)
            start.append(place)
            place += chunk.count
        }
        (chunkFirst, chunkStart) = (first, start)
        windows = Array(repeating: (-1, []), count: Self.streamCount)
    }

    /// The sample (numbered through the shards) at a position of the epoch.
    mutating func sample(at position: Int) -> Int {
        precondition((0..<count).contains(position), "a position of the epoch")
        let (row, stream) = position.quotientAndRemainder(dividingBy: Self.streamCount)
        let (window, place) = row.quotientAndRemainder(dividingBy: Self.windowSize)
        if windows[stream].number != window { windows[stream] = (window, windowOrder(stream, window)) }
        let start = spanStart(stream) + window * Self.windowSize
        return sampleOnLine(start + Int(windows[stream].order[place]))
    }

    private func windowOrder(_ stream: Int, _ window: Int) -> [UInt32] {
        let length = spanStart(stream + 1) - spanStart(stream) - window * Self.windowSize
        var generator = OrderGenerator(seed, UInt64(epoch), UInt64(stream), UInt64(window))
        return generator.permutation(min(length, Self.windowSize))
    }

    /// The first `count mod streamCount` spans are one sample longer.
    private func spanStart(_ stream: Int) -> Int {
        stream * (count / Self.streamCount) + min(stream, count % Self.streamCount)
    }

    private func sampleOnLine(_ place: Int) -> Int {
        var (low, high) = (0, chunkStart.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if chunkStart[middle] <= place { low = middle } else { high = middle }
        }
        return chunkFirst[low] + place - chunkStart[low]
    }

    /// At most 256 neighbours stay together, so that disks and networks read in runs; small sets are shuffled whole.
    static func chunkSize(_ count: Int) -> Int { max(1, min(256, count / 1_024)) }

    private static func chunks(_ shardCounts: [Int], of size: Int) -> [Range<Int>] {
        var chunks: [Range<Int>] = []
        var first = 0
        for count in shardCounts {
            for start in stride(from: first, to: first + count, by: size) {
                chunks.append(start..<min(start + size, first + count))
            }
            first += count
        }
        return chunks
    }
}
