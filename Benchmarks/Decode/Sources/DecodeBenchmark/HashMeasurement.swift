import Decode
import Foundation

/// Recall and false matches of the perceptual hash over a folder that `hash-variants` wrote.
struct HashMeasurement {
    /// By variant and picture: of the file, and of all its pixels, as the algorithm before the present one hashed.
    private var hashes: [String: [String: PerceptualHash]] = [:]
    private var pixelHashes: [String: [String: PerceptualHash]] = [:]
    private static let distances = [0, 4, 8, 10, 12, 16]

    init(_ folder: String) throws {
        let (decoder, scratch) = (ImageDecoder(), DecodeScratch())
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let parts = name.split(separator: ".")[0].split(separator: "-").map(String.init)
            let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
            hashes[parts[1], default: [:]][parts[0]] = try decoder.perceptualHash(of: bytes, scratch: scratch)
            pixelHashes[parts[1], default: [:]][parts[0]] = PerceptualHash(of: try decoder.decode(bytes))
        }
    }

    /// Prints the share of variants, and of pairs of different pictures, within each distance.
    func report() {
        report(PerceptualHash.algorithm, hashes)
        report("of all pixels", pixelHashes)
        shares(
            "one to the other",
            hashes.flatMap { variant, each in
                each.compactMap { pixelHashes[variant]?[$0.key]?.distance(to: $0.value) }
            })
    }

    private func report(_ name: String, _ hashes: [String: [String: PerceptualHash]]) {
        let originals = hashes["original", default: [:]]
        print("\(name), \(originals.count) pictures; per cent within a distance of")
        row("", Self.distances.map { String($0) })
        for (variant, each) in hashes.sorted(by: { $0.key < $1.key }) where variant != "original" {
            shares(variant, each.compactMap { originals[$0.key]?.distance(to: $0.value) })
        }
        let all = Array(originals.values)
        shares(
            "different pictures",
            all.indices.flatMap { first in all[..<first].map { $0.distance(to: all[first]) } })
    }

    private func shares(_ name: String, _ found: [Int]) {
        row(
            name,
            Self.distances.map { limit in
                let share = Double(found.filter { $0 <= limit }.count) / Double(max(found.count, 1))
                return String(format: "%.2f", share * 100)
            })
    }

    private func row(_ name: String, _ cells: [String]) {
        let padded = cells.map { String(repeating: " ", count: max(0, 8 - $0.count)) + $0 }
        print(name.padding(toLength: 20, withPad: " ", startingAt: 0) + padded.joined())
    }
}
