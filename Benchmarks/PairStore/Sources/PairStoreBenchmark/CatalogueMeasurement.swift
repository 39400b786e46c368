import Foundation
import PairStore

/// The catalogue alone, from empty: shards go nowhere, everything else is as always.
struct CatalogueMeasurement {
    let folder: String
    let rows: Int

    /// Pairs that are made beforehand, off the clock.
    private static let pairsAtOnce = 1_000_000

    /// Gives the store it made.
    func run() throws -> String {
        let store = folder + "/catalogue"
        print("\ncatalogue alone, 10 claims a pair, k 20,000, 500,000 queries")
        let writer = try StoreWriter.open(
            store, configuration: Pairs.configuration, list: Pairs.list, files: WithoutShards())
        var source = Pairs(imageBytes: 64)
        var (wall, cpu) = (0.0, 0.0)
        let parts = min(10, max(1, rows / Self.pairsAtOnce))
        for part in 0..<parts {
            let numbers = (rows * part / parts)..<(rows * (part + 1) / parts)
            var spent = (wall: 0.0, cpu: 0.0)
            for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: Self.pairsAtOnce) {
                let some = (start..<min(start + Self.pairsAtOnce, numbers.upperBound)).map { source.pair($0) }
                let feeding = try Spent { try writer.take(some) { writer.isWorthCommitting } }
                spent = (spent.wall + feeding.wall, spent.cpu + feeding.cpu)
            }
            (wall, cpu) = (wall + spent.wall, cpu + spent.cpu)
            print(
                "  to \(numbers.upperBound): \((Double(numbers.count) / spent.wall).rounded(0)) pairs/s, "
                    + "\((spent.cpu / Double(numbers.count) * 1e6).rounded(0)) µs CPU a pair")
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
    func startWriting(at offset: Int64, count: Int64) throws {}
    func sync() throws {}
    func truncate(to length: Int64) throws {}
    func size() throws -> Int64 { 0 }
}
