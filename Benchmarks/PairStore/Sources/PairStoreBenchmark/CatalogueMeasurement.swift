import Foundation
import PairStore

/// The catalogue alone, from empty: shards go nowhere, everything else is as always.
struct CatalogueMeasurement {
    let folder: String
    let rows: Int

    /// Gives the store it made.
    func run() throws -> String {
        let store = folder + "/catalogue"
        print("\ncatalogue alone, 10 claims a pair, k 20,000, 500,000 queries")
        let writer = try StoreWriter.open(
            store, configuration: Pairs.configuration, list: Pairs.list, files: WithoutShards())
        var source = Pairs(imageBytes: 64)
        var (wall, cpu) = (0.0, 0.0)
        for part in 0..<10 {
            let numbers = (rows * part / 10)..<(rows * (part + 1) / 10)
            var making = 0.0
            let spent = try Spent {
                for number in numbers {
                    let start = ContinuousClock.now
                    let pair = source.pair(number)
                    making += (ContinuousClock.now - start) / .seconds(1)
                    try writer.append(pair)
                    if writer.needsCommit { try writer.commit() }
                }
                try writer.commit()
            }
            wall += spent.wall - making
            cpu += spent.cpu - making
            print(
                "  to \(numbers.upperBound): \((Double(numbers.count) / (spent.wall - making)).rounded(0)) pairs/s, "
                    + "\(((spent.cpu - making) / Double(numbers.count) * 1e6).rounded(0)) µs CPU a pair")
        }
        let closing = try Spent { try writer.close() }
        let bytes =
            try FileManager.default.attributesOfItem(atPath: store + "/catalogue.sqlite")[.size] as? Int ?? 0
        print(
            "  mean \((Double(rows) / wall).rounded(0)) pairs/s, \((cpu / Double(rows) * 1e6).rounded(0)) µs CPU "
                + "(wanted: 30000 pairs/s); \(bytes / rows) bytes a pair; closing \(closing.wall.rounded(2)) s"
        )
        return store
    }
}

/// The system's files, but shards take no space.
private struct WithoutShards: FileLayer {
    private let real = PosixFiles()

    private func isShard(_ path: String) -> Bool { path.contains("/shards/") }

    func open(_ path: String, create: Bool) throws -> any StoreFile {
        isShard(path) ? Nowhere() : try real.open(path, create: create)
    }

    func size(of path: String) throws -> Int64? { isShard(path) ? nil : try real.size(of: path) }
    func rename(_ source: String, to target: String) throws {
        if !isShard(source) { try real.rename(source, to: target) }
    }
    func remove(_ path: String) throws { if !isShard(path) { try real.remove(path) } }
    func makeFolder(_ path: String) throws { try real.makeFolder(path) }
    func list(_ path: String) throws -> [String] { try real.list(path) }
    func syncFolder(_ path: String) throws { try real.syncFolder(path) }
}

private final class Nowhere: StoreFile {
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {}
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int { 0 }
    func sync() throws {}
    func truncate(to length: Int64) throws {}
    func size() throws -> Int64 { 0 }
}
