import TestSupport
import Testing

@testable import PairStore

@Suite struct HashFilterTests {
    @Test(arguments: [1, 1000, 100_000]) func nothingInItIsDenied(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        var filter = HashFilter(capacity: count)
        let hashes = (0..<count).map { _ in Int64.random(in: 0..<(1 << 48), using: &generator) }
        for hash in hashes { filter.insert(hash) }
        #expect(hashes.allSatisfy(filter.mayContain))
        #expect(!filter.isOverfull)
        let others = (0..<100_000).map { _ in Int64.random(in: 0..<(1 << 48), using: &generator) }
        #expect(others.count(where: filter.mayContain) < 5_000)
        filter.insert(0)
        #expect(filter.isOverfull)
    }

    /// Hashes in a row, as a test's own numbers are, spread as well.
    @Test func numbersInARowSpread() {
        var filter = HashFilter(capacity: 50_000)
        for number in 0..<Int64(50_000) { filter.insert(number) }
        #expect((50_000..<Int64(150_000)).count(where: filter.mayContain) < 5_000)
    }
}
