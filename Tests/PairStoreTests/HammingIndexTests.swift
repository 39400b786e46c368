import TestSupport
import Testing

@testable import PairStore

@Suite struct HammingIndexTests {
    /// Against a scan: hashes in clusters, so that near, barely near and barely far ones are common.
    @Test(arguments: 0...StoreView.maxDuplicateDistance) func itFindsWhatAScanFinds(distance: Int) {
        var generator = SeededGenerator(seed: UInt64(distance) + 1)
        let centres = (0..<20).map { _ in UInt64.random(in: 0...(.max), using: &generator) }
        var index = HammingIndex(distance: distance)
        var kept: [UInt64] = []
        var refused = 0
        for round in 0..<600 {
            var hash = centres[round % centres.count]
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                hash ^= 1 << UInt64.random(in: 0..<64, using: &generator)
            }
            let isNear = kept.contains { ($0 ^ hash).nonzeroBitCount <= distance }
            if isNear { refused += 1 } else { kept.append(hash) }
            #expect(index.insert(hash) == !isNear)
        }
        #expect(refused > 0 && kept.count > 20)
    }
}
