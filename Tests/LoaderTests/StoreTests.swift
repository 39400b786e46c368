import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

@testable import Loader

/// Streams out of stores of our own.
struct StoreTests {
    @Test("Every live pair once, with its bytes and text, keys as the store names them")
    func everyPair() async throws {
        let store = try Store()
        try store.add(0..<30)
        try store.writer.close()
        let loader = try Loader(configuration(store), tokenizer: nil)
        var seen: [String: EncodedPair] = [:]
        for try await batch in loader.epoch(0) {
            for (key, pair) in zip(batch.keys, batch.encoded) { seen[key] = pair }
        }
        #expect(seen.count == 30)
        for number in 0..<30 {
            let pair = store.pair(number)
            #expect(
                seen[pair.key.hex] == EncodedPair(image: pair.image[...], text: Array(pair.text.utf8)[...]))
        }
    }

    @Test("A store that has grown is streamed as it was; a new run sees all of it")
    func grown() async throws {
        let store = try Store()
        try store.add(0..<20)
        let first = try Loader(configuration(store), tokenizer: nil)
        let whole = try await first.epoch(0).reduce(into: []) { $0.append($1.keys) }
        let state = first.state(after: try #require(try await first.epoch(0).first { _ in true }))
        try store.add(20..<33)
        try store.writer.close()
        var again = configuration(store)
        again.snapshot = state.snapshot
        let rest = try await Loader(again, tokenizer: nil).batches(from: state, upToEpoch: 1)
            .reduce(into: []) { $0.append($1.keys) }
        #expect(rest == Array(whole.dropFirst()))
        let fresh = try Loader(configuration(store), tokenizer: nil)
        #expect(fresh.sampleCount == 33)
        #expect { try fresh.batches(from: state, upToEpoch: 1) } throws: {
            ($0 as? LoaderError)?.code == .otherSnapshot
        }
    }

    @Test("A shard that is sealed between snapshot and reading is found under its new name")
    func sealed() async throws {
        let store = try Store()
        try store.add(0..<10)
        let loader = try Loader(configuration(store), tokenizer: nil)
        try store.writer.close()
        let count = try await loader.epoch(0).reduce(into: 0) { $0 += $1.count }
        #expect(count == 10)
        #expect(loader.skipped.isEmpty)
    }

    @Test("A compaction that drops nothing of the snapshot leaves the rest of a run as it was")
    func compacted() async throws {
        let store = try Store()
        for start in stride(from: 0, to: 60, by: 20) { try store.add(start..<start + 20) }
        try store.writer.close()
        let first = try Loader(configuration(store), tokenizer: nil)
        let whole = try await first.epoch(0).reduce(into: []) { $0.append($1) }
        let state = first.state(after: whole[2])
        // New pairs that are gone again leave the compaction something to rewrite.
        let writer = try store.reopened()
        try store.add(60..<90, with: writer)
        try writer.close()
        try StoreMaintenance.remove(store.path, store.urls(60..<90))
        let report = try StoreMaintenance.compact(store.path, maxShardBytes: 200_000)
        #expect(report.shardsAfter != report.shardsBefore || report.pairs > 0)
        var again = configuration(store)
        again.snapshot = state.snapshot
        again.threads = 1
        let rest = try await Loader(again, tokenizer: nil).batches(from: state, upToEpoch: 1)
            .reduce(into: []) { $0.append($1) }
        #expect(rest.map(\.keys) == whole[3...].map(\.keys))
        #expect(rest.map(\.encoded) == whole[3...].map(\.encoded))
    }

    @Test("A snapshot of which pairs are gone is refused, unless another order is accepted")
    func missing() async throws {
        let store = try Store()
        try store.add(0..<30)
        try store.writer.close()
        let state = try Loader(configuration(store), tokenizer: nil).initialState
        try StoreMaintenance.remove(store.path, store.urls(3..<8))
        try StoreMaintenance.compact(store.path)
        var again = configuration(store)
        again.snapshot = state.snapshot
        #expect { try Loader(again, tokenizer: nil) } throws: {
            ($0 as? LoaderError)?.code == .otherSnapshot
        }
        again.acceptsMissing = true
        let loader = try Loader(again, tokenizer: nil)
        #expect(loader.sampleCount == 25)
        let keys = try await loader.batches(from: state, upToEpoch: 1).reduce(into: []) { $0 += $1.keys }
        #expect(Set(keys).count == 25)
    }

    @Test("A view streams its pairs only, names the order it is in, and needs a store")
    func view() async throws {
        let store = try Store()
        try store.add(0..<30)
        try store.writer.close()
        var viewed = configuration(store)
        viewed.view = StoreView(cap: .claims(perQuery: 7))
        let loader = try Loader(viewed, tokenizer: nil)
        let keys = try await loader.epoch(0).reduce(into: []) { $0 += $1.keys }
        let first = (0..<30).map(store.pair).sorted { priority($0) < priority($1) }.prefix(7)
        #expect(Set(keys) == Set(first.map(\.key.hex)) && keys.count == 7)
        #expect(try loader.snapshot != Loader(configuration(store), tokenizer: nil).snapshot)
        viewed.snapshot = loader.snapshot
        #expect(try Loader(viewed, tokenizer: nil).snapshot == loader.snapshot)
        viewed.view.cap = .claims(perQuery: 1_001)
        #expect { try Loader(viewed, tokenizer: nil) } throws: { "\($0)".contains("above the store's own") }
        viewed.sources = [.tars(store.path + "/shards/*.tar")]
        #expect { try Loader(viewed, tokenizer: nil) } throws: {
            ($0 as? LoaderError)?.code == .badConfiguration
        }
    }

    private func priority(_ pair: NewPair) -> Priority {
        Priority(imageURL: pair.imageURL, text: pair.text, seed: 1)
    }

    @Test("No store, another store")
    func refusals() throws {
        let folder = try TemporaryFolder("nothing")
        #expect {
            try Loader(LoaderConfiguration(sources: [.store(folder.path)], batchSize: 1), tokenizer: nil)
        } throws: {
            // A configuration without a tokenizer fails earlier, so ask for bytes below.
            ($0 as? LoaderError)?.code == .badConfiguration
        }
        var bytes = LoaderConfiguration(sources: [.store(folder.path)], batchSize: 1)
        bytes.content = .bytes
        #expect { try Loader(bytes, tokenizer: nil) } throws: { ($0 as? LoaderError)?.code == .unreadable }
        let store = try Store()
        try store.add(0..<2)
        try store.writer.close()
        var other = configuration(store)
        other.snapshot = "store:00000000@1"
        #expect { try Loader(other, tokenizer: nil) } throws: { ($0 as? LoaderError)?.code == .otherSnapshot }
    }

    private func configuration(_ store: Store) -> LoaderConfiguration {
        var configuration = LoaderConfiguration(sources: [.store(store.path)], batchSize: 4)
        configuration.content = .bytes
        configuration.threads = 2
        configuration.lastBatch = .keep
        return configuration
    }
}

/// A store of real pictures that all match one query.
private struct Store {
    let folder: TemporaryFolder
    let writer: StoreWriter
    var path: String { folder.file("store") }

    init() throws {
        folder = try TemporaryFolder("loader-store")
        writer = try Self.open(folder.file("store"))
    }

    /// Another writer, once the first is closed.
    func reopened() throws -> StoreWriter { try Self.open(path) }

    private static func open(_ path: String) throws -> StoreWriter {
        let list = QueryList(texts: ["picture"])
        let configuration = StoreConfiguration(
            listSHA256: list.sha256, queryCount: list.count, seed: 1, perQuery: 1_000, ruleVersions: [:])
        return try StoreWriter.open(path, configuration: configuration, list: list)
    }

    func add(_ numbers: Range<Int>, with other: StoreWriter? = nil) throws {
        let writer = other ?? writer
        for number in numbers { try writer.append(pair(number)) }
        let report = try writer.commit()
        #expect(report.kept == numbers.count)
    }

    func urls(_ numbers: Range<Int>) throws -> [Removal] {
        try numbers.map { try Removal(.url, "http://example.test/\($0).png") }
    }

    func pair(_ number: Int) -> NewPair {
        let picture = Picture.real[number % Picture.real.count]
        return NewPair(
            imageURL: "http://example.test/\(number).png", text: "picture \(number): \(picture.caption)",
            textSource: "alt", pageURL: "http://example.test/", image: picture.bytes, format: picture.suffix,
            width: 10,
            height: 10, phash: UInt64(number), phashAlgorithm: "test",
            fetchedAt: Date(timeIntervalSince1970: 0),
            queries: [0])
    }
}
