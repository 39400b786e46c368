/// A key that can be counted on disk.
protocol SpillKey: Hashable {
    /// A total order, the same for every run.
    static func precedes(_ a: Self, _ b: Self) -> Bool
    func append(to bytes: inout [UInt8])
    static func read(from run: RunReader) throws -> Self
}

/// Counts keys exactly in bounded memory.
///
/// A table of at most `capacity` keys is written to disk as a sorted run whenever it is full; the runs are merged at the
/// end. No count is lost or estimated, unlike in a table that forgets rare keys. Once `maxRuns` runs have gathered they
/// are merged into one, so the number of open files is bounded as well.
struct SpillingCounter<Key: SpillKey> {
    private var counts: [Key: Int] = [:]
    private var runs: [RunFile] = []
    private let capacity: Int
    private let folder: SpillFolder
    private let maxRuns: Int

    init(folder: SpillFolder, capacity: Int, maxRuns: Int = 100) {
        self.folder = folder
        self.capacity = capacity
        self.maxRuns = maxRuns
    }

    mutating func add(_ key: Key, _ count: Int = 1) throws {
        counts[key, default: 0] += count
        if counts.count >= capacity { try spill() }
    }

    /// The keys with their counts in the keys' order; the counter is empty afterwards.
    mutating func sorted() throws -> MergedCounts<Key> {
        if !counts.isEmpty { try spill() }
        defer { runs = [] }
        return try MergedCounts(runs)
    }

    private mutating func spill() throws {
        let writer = try folder.newRun()
        for (key, count) in counts.sorted(by: { Key.precedes($0.key, $1.key) }) {
            try writer.write(key, count)
        }
        runs.append(try writer.finish())
        counts.removeAll(keepingCapacity: true)
        if runs.count >= maxRuns {
            let writer = try folder.newRun()
            var merged = try MergedCounts<Key>(runs)
            while let (key, count) = try merged.next() { try writer.write(key, count) }
            runs = [try writer.finish()]
        }
    }
}

/// Sorted runs read as one: each key once, with the sum of its counts, in order.
struct MergedCounts<Key: SpillKey> {
    private struct Head {
        var key: Key
        var count: Int
        let run: RunReader
    }

    private var heads = Heap<Head> { Key.precedes($0.key, $1.key) }

    init(_ runs: [RunFile]) throws {
        for file in runs {
            let run = try RunReader(file)
            if let (key, count) = try run.next(Key.self) {
                heads.push(Head(key: key, count: count, run: run))
            }
        }
    }

    /// The next key, `nil` after the last.
    mutating func next() throws -> (key: Key, count: Int)? {
        guard let key = heads.top?.key else { return nil }
        var sum = 0
        while var head = heads.top, head.key == key {
            sum += head.count
            if let (key, count) = try head.run.next(Key.self) {
                head.key = key
                head.count = count
                heads.replaceTop(with: head)
            } else {
                heads.pop()
            }
        }
        return (key, sum)
    }
}

extension String: SpillKey {
    static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    func append(to bytes: inout [UInt8]) {
        RunWriter.append(UInt64(utf8.count), to: &bytes)
        bytes.append(contentsOf: utf8)
    }

    static func read(from run: RunReader) throws -> String {
        let count = Int(clamping: try run.number())
        return String(decoding: try run.take(count), as: UTF8.self)
    }
}

/// Two word numbers, the first in the high half.
extension UInt64: SpillKey {
    static func precedes(_ a: UInt64, _ b: UInt64) -> Bool { a < b }
    func append(to bytes: inout [UInt8]) { RunWriter.append(self, to: &bytes) }
    static func read(from run: RunReader) throws -> UInt64 { try run.number() }
}
