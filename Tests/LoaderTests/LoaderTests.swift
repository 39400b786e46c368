import Foundation
import PairStore
import TestSupport
import Testing
import Tokenizer

@testable import Decode
@testable import Loader

let hasMerges = CLIPTokenizer.defaultMergesPath() != nil

/// One tokenizer for all tests: reading the merges takes half a second in a debug build.
func tokenizer() throws -> CLIPTokenizer { try shared.get() }
private let shared = Result { try CLIPTokenizer() }

/// Whole runs over shards. Captions are not tokenised unless a test is about tokens.
struct LoaderTests {
    @Test("Exactly once an epoch for any world and thread count", arguments: [1, 2, 3, 4, 7], [1, 2, 3, 4])
    func exactlyOnce(world: Int, threads: Int) async throws {
        let shards = try Shards([40, 1, 62])
        for epoch in 0..<2 {
            var keys: [String] = []
            for rank in 0..<world {
                let loader = try Loader(
                    configuration(shards) {
                        $0.rank = rank
                        $0.world = world
                        $0.threads = threads
                        $0.lastBatch = .keep
                    }, tokenizer: nil)
                for try await batch in loader.epoch(epoch) { keys += batch.keys }
            }
            #expect(keys.sorted() == shards.keys)
        }
    }

    @Test("Orders differ between seeds and epochs and repeat for the same")
    func seeds() async throws {
        let shards = try Shards([50, 50])
        func keys(seed: UInt64, epoch: Int) async throws -> [String] {
            let loader = try Loader(configuration(shards) { $0.seed = seed }, tokenizer: nil)
            return try await loader.epoch(epoch).reduce(into: []) { $0 += $1.keys }
        }
        let first = try await keys(seed: 1, epoch: 0)
        #expect(try await keys(seed: 1, epoch: 0) == first)
        #expect(try await keys(seed: 2, epoch: 0) != first)
        #expect(try await keys(seed: 1, epoch: 1) != first)
    }

    @Test(
        "Pictures, tokens and keys are byte-identical after a resume with other threads",
        .enabled(if: hasMerges))
    func resume() async throws {
        let shards = try Shards([70, 30], pictures: Picture.real)
        let tokenizer = try tokenizer()
        let pairs = configuration(shards) {
            $0.content = .pairs
            $0.imageSize = 64
            $0.threads = 1
        }
        let loader = try Loader(pairs, tokenizer: tokenizer)
        let whole = try await loader.batches(epochs: 0..<2).reduce(into: []) { $0.append($1) }
        #expect(whole.count == 2 * loader.batchesPerEpoch)
        var faster = pairs
        faster.threads = 3
        faster.prefetch = 5
        let again = try Loader(faster, tokenizer: tokenizer)
        for stop in [0, 3, loader.batchesPerEpoch - 1, loader.batchesPerEpoch + 2] {
            let saved = try JSONEncoder().encode(loader.state(after: whole[stop]))
            let state = try JSONDecoder().decode(LoaderState.self, from: saved)
            let rest = try await again.batches(from: state, upToEpoch: 2).reduce(into: []) { $0.append($1) }
            #expect(rest.map(Fingerprint.init) == whole[(stop + 1)...].map(Fingerprint.init))
        }
        // Epochs crop the same picture elsewhere.
        #expect(Set(whole.map { $0.images.floats }).count == whole.count)
    }

    @Test(
        "Ranks together have the rows of a single process, from the start or from any batch that it came to",
        .enabled(if: hasMerges), arguments: [0, 1, 3])
    func ranksInterleave(start: Int) async throws {
        let shards = try Shards([60], pictures: Picture.real)
        let tokenizer = try tokenizer()
        func loader(rank: Int, world: Int) throws -> Loader {
            try Loader(
                configuration(shards) {
                    $0.content = .pairs
                    $0.imageSize = 32
                    ($0.rank, $0.world, $0.threads) = (rank, world, world)
                }, tokenizer: tokenizer)
        }
        let single = try loader(rank: 0, world: 1)
        let whole = try await single.epoch(0).reduce(into: []) { $0.append($1) }
        let state = start == 0 ? single.initialState : single.state(after: whole[start - 1])
        var parts: [[Batch]] = []
        for rank in 0..<2 {
            let batches = try loader(rank: rank, world: 2).batches(from: state, upToEpoch: 1)
            parts.append(try await batches.reduce(into: []) { $0.append($1) })
        }
        #expect(parts.allSatisfy { $0.count == whole.count - start })
        for (index, batch) in whole[start...].enumerated() {
            for row in 0..<batch.count {
                let part = parts[row % 2][index]
                #expect(part.keys[row / 2] == batch.keys[row])
                #expect(part.picture(row / 2) == batch.picture(row))
            }
        }
    }

    @Test("A row is the transform of its picture and the tokens of its caption", .enabled(if: hasMerges))
    func rows() async throws {
        let shards = try Shards([Picture.real.count], pictures: Picture.real)
        let tokenizer = try tokenizer()
        let loader = try Loader(
            configuration(shards) {
                $0.content = .pairs
                $0.imageSize = 48
                $0.crop = .centre
                $0.lastBatch = .keep
            }, tokenizer: tokenizer)
        let transform = ImageTransform(size: 48, crop: .centre)
        for try await batch in loader.epoch(0) {
            for (row, key) in batch.keys.enumerated() {
                let source = Picture.real[try #require(Int(key))]
                var expected = ContiguousArray<Float>(repeating: 0, count: transform.outputCount)
                let image = try ImageDecoder().decode(source.bytes)
                expected.withUnsafeMutableBufferPointer { transform.apply(image, into: $0) }
                #expect(batch.picture(row) == expected)
                var tokens = [Int32](repeating: -1, count: 77)
                let length = tokens.withUnsafeMutableBufferPointer { tokenizer.row(source.caption, into: $0) }
                #expect(Array(batch.tokens[(row * 77)..<(row * 77 + 77)]) == tokens)
                #expect(Int(batch.lengths[row]) == length)
            }
        }
    }

    @Test("A padded last batch repeats the epoch's first samples")
    func padding() async throws {
        let shards = try Shards([21])
        let loader = try Loader(configuration(shards) { $0.lastBatch = .pad }, tokenizer: nil)
        let batches = try await loader.epoch(0).reduce(into: []) { $0.append($1) }
        #expect(batches.map(\.count) == [8, 8, 8])
        #expect(batches.map(\.paddingCount) == [0, 0, 3])
        #expect(batches[2].keys.suffix(3) == batches[0].keys.prefix(3))
        #expect(Set(batches.flatMap(\.keys)).count == 21)
    }

    @Test("The held-out part is apart from the rest, and stays as the set grows")
    func holdOut() async throws {
        let (small, large) = (try Shards([400]), try Shards([400, 400]))
        func keys(_ shards: Shards, _ split: LoaderConfiguration.Split) async throws -> Set<String> {
            let loader = try Loader(
                configuration(shards) {
                    $0.split = split
                    $0.lastBatch = .keep
                }, tokenizer: nil)
            return try await loader.epoch(0).reduce(into: []) { $0.formUnion($1.keys) }
        }
        let held = try await keys(small, .heldOut(0.1))
        #expect((20...60).contains(held.count))
        #expect(try await keys(small, .training(holdout: 0.1)) == Set(small.keys).subtracting(held))
        #expect(try await keys(large, .heldOut(0.1)).intersection(small.keys) == held)
    }

    private func configuration(
        _ shards: Shards, _ change: (inout LoaderConfiguration) -> Void = { _ in }
    ) -> LoaderConfiguration {
        var configuration = LoaderConfiguration(sources: [.tars(shards.pattern)], batchSize: 8)
        configuration.content = .bytes
        configuration.threads = 2
        configuration.seed = 42
        change(&configuration)
        return configuration
    }
}

/// Everything of a batch that must repeat.
private struct Fingerprint: Equatable {
    var images: BatchImages
    var tokens: ContiguousArray<Int32>
    var lengths: ContiguousArray<Int32>
    var keys: [String]
    var place: [Int]

    init(_ batch: Batch) {
        (images, tokens, lengths, keys) = (batch.images, batch.tokens, batch.lengths, batch.keys)
        place = [batch.epoch, batch.index]
    }
}
