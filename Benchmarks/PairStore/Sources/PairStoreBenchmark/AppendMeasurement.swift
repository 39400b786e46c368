import Foundation
import PairStore

/// Pictures of 40 KB with ten claims each, beside a plain write of the same bytes with a sync at the same places.
struct AppendMeasurement {
    let folder: String
    let pairs: Int

    private static let imageBytes = 40 << 10
    private static let (pairsPerCommit, pairsAtOnce) = (1000, 5000)
    private static let rounds = 3

    func run() throws {
        print(
            "\nappend: \(pairs) pictures of 40 KiB, 10 claims each, a commit once \(Self.pairsPerCommit) wait; after every "
                + "\(Self.pairsAtOnce) the raw write of as many bytes with as many syncs")
        var (ours, raw) = (0.0, 0.0)
        for round in 0..<Self.rounds {
            let (store, file) = (folder + "/append\(round)", folder + "/raw\(round)")
            let spent = try measure(store, file)
            (ours, raw) = (ours + spent.ours.wall, raw + spent.raw.wall)
            let megabytes = Double(spent.bytes) / 1e6
            print(
                "  store \((Double(pairs) / spent.ours.wall).rounded(0)) pairs/s, "
                    + "\((megabytes / spent.ours.wall).rounded(0)) MB/s, "
                    + "\((spent.ours.cpu / Double(pairs) * 1e6).rounded(0)) µs CPU a pair; raw "
                    + "\((megabytes / spent.raw.wall).rounded(0)) MB/s; "
                    + "ratio \((spent.raw.wall / spent.ours.wall).rounded(2))")
            for path in [store, file] { try FileManager.default.removeItem(atPath: path) }
        }
        print("  mean ratio \((raw / ours).rounded(2)) (wanted: 0.70)")
    }

    /// Appends in turn to a store and to a plain file, so that both meet the disk in the same state.
    private func measure(
        _ store: String, _ file: String
    ) throws -> (ours: Spent, raw: Spent, bytes: Int) {
        let writer = try StoreWriter.open(store, configuration: Pairs.configuration, list: Pairs.list)
        let plain = try PlainFile(file)
        var source = Pairs(imageBytes: Self.imageBytes)
        var (ours, raw) = (Spent(), Spent())
        var bytes = 0
        for start in stride(from: 0, to: pairs, by: Self.pairsAtOnce) {
            let some = (start..<min(start + Self.pairsAtOnce, pairs)).map { source.pair($0) }
            var commits = 0
            ours += try Spent {
                commits = try writer.take(some) { writer.staged.pairs >= Self.pairsPerCommit }
            }
            let end = try size(store + "/shards/000000.tar.part")
            raw += try plain.append(end - bytes, syncs: commits)
            bytes = end
        }
        try writer.close()
        return (ours, raw, bytes)
    }

    private func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}

/// A file that is written from its start to its end, with a sync after each piece.
private final class PlainFile {
    private let descriptor: Int32
    private var piece: [UInt8] = []

    init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
    }

    deinit { close(descriptor) }

    func append(_ count: Int, syncs: Int) throws -> Spent {
        if piece.count < count { piece = [UInt8](repeating: 0xA5, count: count) }
        return try Spent {
            for part in 0..<syncs {
                let bytes = count * (part + 1) / syncs - count * part / syncs
                guard Foundation.write(descriptor, piece, bytes) == bytes, fdatasync(descriptor) == 0 else {
                    throw POSIXError(.EIO)
                }
            }
        }
    }
}
