import Foundation
import TestSupport
import Testing
import Tokenizer

@testable import Loader

/// Bad samples, bad settings, readers that go away.
@Suite(.serialized, .enabled(if: hasMerges))
struct FaultTests {
    @Test("Corrupt pictures are left out and counted; the others keep their places")
    func corrupt() async throws {
        let damage: [Int: Damage] = [3: .notAPicture, 11: .truncated, 17: .truncated]
        let whole = try Shards([40], pictures: Picture.real)
        let damaged = try Shards([40], pictures: Picture.real) { damage[$0] ?? .none }
        let sound = try await batches(whole)
        let loader = try Loader(configuration(damaged), tokenizer: tokenizer())
        let rest = try await loader.epoch(0).reduce(into: []) { $0.append($1) }
        #expect(loader.skipped == ["unknown_format": 1, "truncated": 2])
        #expect(loader.statistics.samples == 37)
        for (batch, expected) in zip(rest, sound) {
            let kept = expected.keys.indices.filter { damage[Int(expected.keys[$0]) ?? -1] == nil }
            #expect(batch.keys == kept.map { expected.keys[$0] })
            #expect(batch.images == BatchImages(ContiguousArray(kept.flatMap(expected.picture))))
            #expect(batch.lengths == ContiguousArray(kept.map { expected.lengths[$0] }))
        }
    }

    @Test("A broken set stops with an error, whatever the threads", arguments: [1, 3])
    func broken(threads: Int) async throws {
        let shards = try Shards([200], pictures: Picture.real) { $0 % 2 == 0 ? .truncated : .none }
        let loader = try Loader(configuration(shards) { $0.threads = threads }, tokenizer: tokenizer())
        await #expect {
            for try await _ in loader.epoch(0) {}
        } throws: { ($0 as? LoaderError)?.code == .tooManySkipped }
        #expect(try await workersGone(loader))
    }

    @Test("A shard that vanishes or shrinks under the loader is skipped samples, no crash")
    func vanished() async throws {
        let shards = try Shards([12, 12])
        let loader = try Loader(
            configuration(shards) {
                $0.content = .bytes
                $0.maxSkippedShare = 1
            }, tokenizer: nil)
        try Data().write(to: URL(fileURLWithPath: shards.folder.file("000.tar")))
        try FileManager.default.removeItem(atPath: shards.folder.file("001.tar"))
        let counts = try await loader.epoch(0).reduce(into: []) { $0.append($1.count) }
        #expect(counts == [0, 0, 0])
        #expect(loader.skipped == ["unreadable_shard": 24])
    }

    @Test("Cancelling the consumer ends its wait and its threads", arguments: 0..<5)
    func cancellation(round: Int) async throws {
        let shards = try Shards([300], pictures: Picture.real)
        let loader = try Loader(configuration(shards) { $0.imageSize = 224 }, tokenizer: tokenizer())
        let consumer = Task {
            var count = 0
            for try await _ in loader.epoch(0) { count += 1 }
            return count
        }
        try await Task.sleep(for: .milliseconds(40 * round))
        consumer.cancel()
        await #expect(throws: CancellationError.self) { try await consumer.value }
        #expect(try await workersGone(loader))
    }

    @Test("Leaving the loop early lets the threads go")
    func earlyExit() async throws {
        let shards = try Shards([100], pictures: Picture.real)
        let loader = try Loader(configuration(shards), tokenizer: tokenizer())
        for try await _ in loader.epoch(0) { break }
        #expect(try await workersGone(loader))
        #expect(try await loader.epoch(0).reduce(into: 0) { total, batch in total += batch.count } == 96)
        #expect(try await workersGone(loader))
    }

    @Test("Memory stays flat over twelve epochs")
    func memory() async throws {
        let shards = try Shards([120], pictures: Picture.real)
        let loader = try Loader(configuration(shards) { $0.imageSize = 96 }, tokenizer: tokenizer())
        var peaks: [Int] = []
        for epoch in 0..<12 {
            var peak = 0
            for try await _ in loader.epoch(epoch) { peak = max(peak, residentKiB()) }
            peaks.append(peak)
        }
        // A leak of one picture a batch would add 15 × 108 KiB an epoch; other tests of this process add some MiB at most.
        print("resident memory by epoch, KiB: \(peaks)")
        #expect((peaks.last ?? 0) - peaks[1] < 10 * 15 * 108 * 2 / 3)
    }

    @Test(
        "Settings that no run can have",
        arguments: [
            { $0.batchSize = 0 }, { $0.threads = 0 }, { $0.prefetch = 0 }, { $0.rank = 1 }, { $0.world = 0 },
            { $0.imageSize = 0 }, { $0.weights = [1, 2] }, { $0.weights = [0] }, { $0.prompts = ["a photo"] },
            { $0.contextLength = 1 }, { $0.split = .heldOut(1) }, { $0.sources = [] },
        ] as [@Sendable (inout LoaderConfiguration) -> Void])
    func settings(change: @Sendable (inout LoaderConfiguration) -> Void) throws {
        let shards = try Shards([10])
        #expect { try Loader(configuration(shards, change), tokenizer: tokenizer()) } throws: {
            ($0 as? LoaderError)?.code == .badConfiguration
        }
    }

    @Test("Too few samples for one batch, a state of another set")
    func refusals() throws {
        let shards = try Shards([7])
        #expect { try Loader(configuration(shards), tokenizer: tokenizer()) } throws: {
            ($0 as? LoaderError)?.code == .noSamples
        }
        let loader = try Loader(configuration(shards) { $0.batchSize = 2 }, tokenizer: tokenizer())
        var state = loader.initialState
        state.seed += 1
        #expect { try loader.batches(from: state, upToEpoch: 1) } throws: {
            ($0 as? LoaderError)?.code == .otherSnapshot
        }
    }

    private func batches(_ shards: Shards) async throws -> [Batch] {
        try await Loader(configuration(shards), tokenizer: tokenizer()).epoch(0).reduce(into: []) {
            $0.append($1)
        }
    }

    private func configuration(
        _ shards: Shards, _ change: (inout LoaderConfiguration) -> Void = { _ in }
    ) -> LoaderConfiguration {
        var configuration = LoaderConfiguration(sources: [.tars(shards.pattern)], batchSize: 8)
        configuration.imageSize = 32
        configuration.threads = 2
        change(&configuration)
        return configuration
    }

    /// Whether no worker of the loader is left, after at most two seconds.
    private func workersGone(_ loader: Loader) async throws -> Bool {
        for _ in 0..<100 {
            if loader.liveWorkers == 0 { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private func residentKiB() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }
}
