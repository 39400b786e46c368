import Foundation
import PairStore

/// Pictures of 40 KB with ten claims each, beside a plain write of the same bytes with a sync at the same places.
struct AppendMeasurement {
    let folder: String
    let pairs: Int

    private static let imageBytes = 40 << 10
    private static let pairsPerCommit = 1000
    private static let rounds = 3

    func run() throws {
        print("\nappend: \(pairs) pictures of 40 KiB, 10 claims each, a commit every \(Self.pairsPerCommit)")
        var (ours, raw): ([Double], [Double]) = ([], [])
        for round in 0..<Self.rounds {
            let (store, file) = (folder + "/append\(round)", folder + "/raw\(round)")
            let spent = try append(to: store)
            let shard =
                try FileManager.default.attributesOfItem(atPath: store + "/shards/000000.tar")[.size] as? Int
            let bytes = shard ?? 0
            let plain = try write(bytes, to: file)
            ours.append(Double(bytes) / spent.wall / 1e6)
            raw.append(Double(bytes) / plain.wall / 1e6)
            print(
                "  store \((Double(pairs) / spent.wall).rounded(0)) pairs/s, \(ours[round].rounded(0)) MB/s, "
                    + "\((spent.cpu / Double(pairs) * 1e6).rounded(0)) µs CPU a pair; raw \(raw[round].rounded(0)) MB/s; "
                    + "ratio \((ours[round] / raw[round]).rounded(2))")
            for path in [store, file] { try FileManager.default.removeItem(atPath: path) }
        }
        let ratio = ours.reduce(0, +) / raw.reduce(0, +)
        print("  mean ratio \(ratio.rounded(2)) (wanted: 0.70)")
    }

    private func append(to store: String) throws -> Spent {
        let writer = try StoreWriter.open(store, configuration: Pairs.configuration, list: Pairs.list)
        var source = Pairs(imageBytes: Self.imageBytes)
        let ready = (0..<pairs).map { source.pair($0) }
        let spent = try Spent {
            for (number, pair) in ready.enumerated() {
                try writer.append(pair)
                if (number + 1) % Self.pairsPerCommit == 0 { try writer.commit() }
            }
            try writer.commit()
        }
        try writer.close()
        return spent
    }

    private func write(_ bytes: Int, to path: String) throws -> Spent {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        defer { close(descriptor) }
        let piece = [UInt8](repeating: 0xA5, count: bytes / (pairs / Self.pairsPerCommit))
        return try Spent {
            for _ in 0..<(pairs / Self.pairsPerCommit) {
                guard Foundation.write(descriptor, piece, piece.count) == piece.count,
                    fdatasync(descriptor) == 0
                else { throw POSIXError(.EIO) }
            }
        }
    }
}
