import Testing

@testable import Loader

struct EpochOrderTests {
    static let shapes: [[Int]] = [
        [1], [5], [63], [64], [65], [100, 1, 30], [1_000], [0, 700, 0, 3], Array(repeating: 97, count: 50),
        [40_000, 9],
        [300_001],
    ]

    @Test("Every sample once", arguments: shapes)
    func permutation(shardCounts: [Int]) {
        #expect(order(shardCounts).sorted() == Array(0..<shardCounts.reduce(0, +)))
    }

    @Test("A position's sample does not depend on what was asked before", arguments: shapes)
    func pure(shardCounts: [Int]) {
        let whole = order(shardCounts)
        var late = EpochOrder(shardCounts: shardCounts, seed: 1, epoch: 2)
        for position in stride(from: whole.count - 1, through: 0, by: -max(1, whole.count / 50)) {
            #expect(late.sample(at: position) == whole[position])
        }
    }

    @Test("Seeds and epochs have orders of their own")
    func distinct() {
        let orders = [(1, 2), (1, 3), (2, 2), (2, 3)].map { order([500], seed: $0.0, epoch: $0.1) }
        #expect(Set(orders).count == 4)
        #expect(!orders.contains(Array(0..<500)))
    }

    @Test("The order of a release is the order of every release")
    func golden() {
        #expect(Array(order([100, 50]).prefix(12)) == [15, 34, 93, 121, 112, 56, 76, 62, 27, 70, 125, 116])
    }

    @Test("Positions are spread: neighbours in a batch are far apart in the shards")
    func spread() {
        let batch = order([300_001]).prefix(256).sorted()
        let gaps = zip(batch, batch.dropFirst()).map { $1 - $0 }
        // Uniform draws would have a mean gap of 1,172 and half of them below 812.
        #expect(gaps.count { $0 < 2 } < 8)
        #expect((batch.last ?? 0) - (batch.first ?? 0) > 250_000)
    }

    private func order(_ shardCounts: [Int], seed: UInt64 = 1, epoch: Int = 2) -> [Int] {
        var order = EpochOrder(shardCounts: shardCounts, seed: seed, epoch: epoch)
        return (0..<order.count).map { order.sample(at: $0) }
    }
}

struct BatchPlanTests {
    @Test(
        "Ranks share each batch without overlap or loss", arguments: [1, 2, 3, 4, 7],
        LoaderConfiguration.LastBatch.allCases)
    func ranks(world: Int, lastBatch: LoaderConfiguration.LastBatch) {
        var single = plan(rank: 0, world: 1, lastBatch)
        var ranks = (0..<world).map { plan(rank: $0, world: world, lastBatch) }
        var all: [Int] = []
        for batch in 0..<single.batchesPerEpoch {
            let whole = single.rows(epoch: 3, batch: batch)
            let parts = ranks.indices.map { ranks[$0].rows(epoch: 3, batch: batch) }
            for (row, sample) in whole.samples.enumerated() {
                #expect(parts[row % world].samples[row / world] == sample)
            }
            #expect(parts.reduce(0) { $0 + $1.samples.count } == whole.samples.count)
            #expect(parts.reduce(0) { $0 + $1.paddingCount } == whole.paddingCount)
            all += whole.samples.dropLast(whole.paddingCount).map(\.sample)
        }
        #expect(Set(all).count == all.count)
        #expect(all.count == (lastBatch == .drop ? 96 : 103))
    }

    @Test(
        "The last batch",
        arguments: [
            (LoaderConfiguration.LastBatch.drop, 12, 8, 0), (.keep, 13, 7, 0), (.pad, 13, 8, 1),
        ])
    func last(policy: LoaderConfiguration.LastBatch, batches: Int, rows: Int, padding: Int) {
        var plan = plan(rank: 0, world: 1, policy)
        #expect(plan.batchesPerEpoch == batches)
        let last = plan.rows(epoch: 0, batch: batches - 1)
        #expect(last.samples.count == rows)
        #expect(last.paddingCount == padding)
        if padding > 0 { #expect(last.samples.last == plan.rows(epoch: 0, batch: 0).samples.first) }
    }

    private func plan(rank: Int, world: Int, _ lastBatch: LoaderConfiguration.LastBatch) -> BatchPlan {
        var configuration = LoaderConfiguration(sources: [], batchSize: 8)
        configuration.rank = rank
        configuration.world = world
        configuration.lastBatch = lastBatch
        return BatchPlan(
            [
                SampleIndex.Stretch(first: 0, count: 50, weight: 1, source: 0),
                SampleIndex.Stretch(first: 50, count: 53, weight: 1, source: 0),
            ], configuration: configuration)
    }
}

struct OrderGeneratorTests {
    @Test("Bounded numbers are even")
    func even() {
        var generator = OrderGenerator(7)
        var counts = [Int](repeating: 0, count: 5)
        for _ in 0..<50_000 { counts[Int(generator.next(below: 5))] += 1 }
        // Five standard deviations of a binomial with p = 1/5.
        for count in counts { #expect(abs(count - 10_000) < 450) }
    }

    @Test("Every permutation of four is as likely")
    func permutations() {
        var generator = OrderGenerator(8)
        var counts: [[UInt32]: Int] = [:]
        for _ in 0..<24_000 { counts[generator.permutation(4), default: 0] += 1 }
        #expect(counts.count == 24)
        for count in counts.values { #expect(abs(count - 1_000) < 160) }
    }
}
