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
            #expect(seen[pair.key.hex] == EncodedPair(image: pair.image, text: Array(pair.text.utf8)))
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
        let list = QueryList(texts: ["picture"])
        let configuration = StoreConfiguration(
            listSHA256: list.sha256, queryCount: list.count, seed: 1, perQuery: 1_000, ruleVersions: [:])
        writer = try StoreWriter.open(folder.file("store"), configuration: configuration, list: list)
    }

    func add(_ numbers: Range<Int>) throws {
        for number in numbers { try writer.append(pair(number)) }
        let report = try writer.commit()
        #expect(report.kept == numbers.count)
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
