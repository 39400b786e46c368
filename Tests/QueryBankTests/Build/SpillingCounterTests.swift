import Foundation
import TestSupport
import Testing

@testable import QueryBank

@Suite struct SpillingCounterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func check<Key: SpillKey>(
        capacity: Int, maxRuns: Int, keys: [(Key, Int)]
    ) throws {
        var expected: [Key: Int] = [:]
        var counter = SpillingCounter<Key>(
            folder: try SpillFolder(in: folder.path), capacity: capacity, maxRuns: maxRuns)
        for (key, count) in keys {
            expected[key, default: 0] += count
            try counter.add(key, count)
        }
        var merged = try counter.sorted()
        var counts: [(Key, Int)] = []
        while let (key, count) = try merged.next() { counts.append((key, count)) }
        let sorted = expected.sorted { Key.precedes($0.key, $1.key) }
        #expect(counts.count == sorted.count)
        #expect(zip(counts, sorted).allSatisfy { $0.0 == $1.key && $0.1 == $1.value })
    }

    @Test(arguments: [1, 7, 100, 100_000], [2, 5, 100])
    func countsAreThoseOfATable(_ capacity: Int, _ maxRuns: Int) throws {
        var generator = SeededGenerator(seed: UInt64(capacity * maxRuns))
        // A folder of one run a key would be slow, so few keys where the table is tiny.
        let total = capacity == 1 ? 300 : 5_000
        try check(
            capacity: capacity, maxRuns: maxRuns,
            keys: (0..<total).map { _ in
                (
                    String(repeating: "né", count: generator.below(4)) + "\(generator.below(200))",
                    1 + generator.below(1 << 20)
                )
            })
        try check(
            capacity: capacity, maxRuns: maxRuns,
            keys: (0..<total).map { _ in
                (UInt64.random(in: 0..<50, using: &generator) << 32 | 7, 1 + generator.below(9))
            })
    }

    @Test func longKeysCrossTheReadersBuffer() throws {
        let keys = (0..<40).map { (String(repeating: "\($0 % 10)", count: 9_000 + $0), 1) }
        try check(capacity: 5, maxRuns: 100, keys: keys)
    }

    @Test func nothingStaysOnDisk() throws {
        var counter = SpillingCounter<String>(folder: try SpillFolder(in: folder.path), capacity: 2)
        for word in ["a", "b", "c", "d", "e"] { try counter.add(word) }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).count == 3)
        var merged: MergedCounts<String>? = try counter.sorted()
        #expect(try merged?.next()?.key == "a")
        merged = nil
        counter = SpillingCounter<String>(folder: try SpillFolder(in: folder.path), capacity: 2)
        _ = consume counter
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func aFolderThatIsNotThereIsNamed() {
        let error = #expect(throws: QueryBankError.self) { try SpillFolder(in: folder.file("none")) }
        #expect(error?.description.contains("none") == true)
    }

    @Test func theHeapSorts() {
        var generator = SeededGenerator(seed: 4)
        for size in [0, 1, 2, 3, 50, 500] {
            let numbers = (0..<size).map { _ in generator.below(100) }
            var heap = Heap<Int> { $0 < $1 }
            for number in numbers { heap.push(number) }
            var popped: [Int] = []
            while let number = heap.pop() { popped.append(number) }
            #expect(popped == numbers.sorted())
        }
    }

    @Test func theBestAreThoseOfASort() {
        var generator = SeededGenerator(seed: 6)
        for limit in [0, 1, 10, 1_000] {
            var best = BestCandidates(limit: limit)
            let offered = (0..<300).map { (Candidate(text: "t\($0)", score: 0), Double(generator.below(40))) }
            for (candidate, rank) in offered { best.offer(candidate, rank: rank) }
            let sorted = offered.sorted { ($1.1, $0.0.text) < ($0.1, $1.0.text) }.prefix(limit)
            #expect(best.ranked().map(\.text) == sorted.map(\.0.text))
        }
    }
}
