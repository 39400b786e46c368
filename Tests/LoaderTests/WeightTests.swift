import PairStore
import TestSupport
import Testing

@testable import Loader

struct SampleSharesTests {
    static let stretches: [SampleIndex.Stretch] = {
        let shapes = [(7, 1.0, 0), (10, 2, 1), (40, 0.25, 2), (3, 0.3, 3), (17, 0.3, 3), (20, 1.5, 4)]
        var stretches: [SampleIndex.Stretch] = []
        for (count, weight, source) in shapes {
            let first = stretches.reduce(0) { $0 + $1.count }
            stretches.append(.init(first: first, count: count, weight: weight, source: source))
        }
        return stretches
    }()

    @Test("Every epoch takes its share, and no sample comes twice more often than another")
    func counts() {
        let shares = SampleShares(Self.stretches)
        #expect(shares.counts == [7, 20, 10, 1, 5, 30])
        var seen: [Int: [Int]] = [:]
        for epoch in 0..<12 {
            for entry in 0..<shares.counts.reduce(0, +) {
                let pick = shares.pick(entry, epoch: epoch)
                // Passes are counted without a gap.
                #expect(pick.pass == seen[pick.sample, default: []].count)
                seen[pick.sample, default: []].append(epoch)
            }
        }
        for (stretch, taken) in zip(Self.stretches, shares.counts) {
            let times = (stretch.first..<stretch.first + stretch.count).map { seen[$0, default: []].count }
            #expect(times.reduce(0, +) == 12 * taken)
            #expect((times.max() ?? 0) - (times.min() ?? 0) <= 1)
        }
        // A quarter: in each four epochs once.
        #expect((27..<67).allSatisfy { Set(seen[$0, default: []].map { $0 / 4 }) == [0, 1, 2] })
    }

    @Test("A quarter of a stretch is spread over all of it")
    func spread() {
        let shares = SampleShares([.init(first: 0, count: 1_000, weight: 0.25, source: 0)])
        let places = (0..<250).map { shares.pick($0, epoch: 3).sample }.sorted()
        let gaps = zip(places, places.dropFirst()).map { $1 - $0 }
        #expect((gaps.max() ?? 0) <= 50)
    }
}

/// Whole runs over several sources.
struct WeightedLoaderTests {
    @Test(
        "Sources come as often as their weights say, and a resumed run goes on the same", arguments: [1, 3])
    func weights(world: Int) async throws {
        let (common, rare) = (try Shards([30, 11]), try Shards([24], keyPrefix: "rare-"))
        func loader(rank: Int, threads: Int) throws -> Loader {
            var configuration = LoaderConfiguration(
                sources: [.tars(common.pattern), .tars(rare.pattern)], batchSize: 8)
            configuration.weights = [0.5, 3]
            configuration.content = .bytes
            configuration.lastBatch = .keep
            (configuration.rank, configuration.world, configuration.threads) = (rank, world, threads)
            return try Loader(configuration, tokenizer: nil)
        }
        var times: [String: Int] = [:]
        for rank in 0..<world {
            let whole = try await loader(rank: rank, threads: 2).batches(epochs: 0..<2)
                .reduce(into: []) { $0.append($1.keys) }
            for key in whole.joined() { times[key, default: 0] += 1 }
            let again = try loader(rank: rank, threads: 1)
            let rest = try await again.batches(
                from: LoaderState(snapshot: again.snapshot, seed: 0, epoch: 1, batch: 2), upToEpoch: 2
            )
            .reduce(into: []) { $0.append($1.keys) }
            #expect(rest == Array(whole[(again.batchesPerEpoch + 2)...]))
        }
        #expect(rare.keys.allSatisfy { times[$0] == 6 })
        // 41 samples at one half: 21 an epoch, so one of them comes twice in two epochs.
        #expect(common.keys.map { times[$0, default: 0] }.sorted() == Array(repeating: 1, count: 40) + [2])
    }

    @Test("Weights are part of what a state belongs to")
    func identity() throws {
        let shards = try Shards([20])
        var configuration = LoaderConfiguration(sources: [.tars(shards.pattern)], batchSize: 4)
        configuration.content = .bytes
        let state = try Loader(configuration, tokenizer: nil).initialState
        configuration.weights = [2]
        #expect {
            try Loader(configuration, tokenizer: nil).batches(from: state, upToEpoch: 1)
        } throws: { ($0 as? LoaderError)?.code == .otherSnapshot }
    }
}

struct CaptionMakerTests {
    private func maker(_ change: (inout LoaderConfiguration) -> Void) -> CaptionMaker {
        var configuration = LoaderConfiguration(sources: [], batchSize: 1)
        change(&configuration)
        return CaptionMaker(configuration)
    }

    private func pair(_ key: String = "k", json: String = "{}") -> SampleReader.Pair {
        SampleReader.Pair(
            key: key, image: [], text: Array("a cat".utf8)[...], json: Array(json.utf8)[...], bytes: 0)
    }

    @Test("The caption is KEY.txt, or a field of KEY.json; what is no text is none")
    func fields() {
        #expect(maker { _ in }.caption(of: pair(), pass: 0) == "a cat")
        let field = maker { $0.caption = .field("alt") }
        #expect(field.caption(of: pair(json: #"{"alt":"ein Hund"}"#), pass: 0) == "ein Hund")
        for json in [#"{"alt":7}"#, "{}", "[]", "{", #"{"alt":[]}"#] {
            #expect(field.caption(of: pair(json: json), pass: 0) == nil)
        }
        let several = Set((0..<40).map { field.caption(of: pair(json: #"{"alt":["x","y",3]}"#), pass: $0) })
        #expect(several == ["x", "y"])
    }

    @Test("Prompts are drawn by sample and pass, the same on every run")
    func prompts() {
        let maker = maker { $0.prompts = ["a photo of {}.", "{}", "art: {}"] }
        let drawn = (0..<60).map { maker.caption(of: pair("k\($0 % 6)"), pass: $0 / 6) }
        #expect(Set(drawn) == ["a photo of a cat.", "a cat", "art: a cat"])
        #expect(drawn == (0..<60).map { maker.caption(of: pair("k\($0 % 6)"), pass: $0 / 6) })
        #expect(Set(drawn.prefix(6)).count > 1)
    }
}
