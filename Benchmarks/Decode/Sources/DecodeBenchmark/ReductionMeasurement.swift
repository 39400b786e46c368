import Decode
import Foundation

/// How far crops of reduced JPEGs lie from those of whole ones, over the JPEGs of a folder.
struct ReductionMeasurement {
    private let files: [[UInt8]]
    private let transform = ImageTransform(size: 224, crop: .centre, mean: [0, 0, 0], std: [1, 1, 1])
    private let scratch = DecodeScratch()

    init(_ files: [[UInt8]]) { self.files = files }

    /// Prints the differences for one factor, over the pictures that it reduces.
    func report(keeping factor: Double) throws {
        var counts = [Int](repeating: 0, count: 256)
        var reduced = 0
        for file in files {
            let exact = try crop(file, ImageDecoder())
            let near = try crop(file, ImageDecoder(reduction: .keeping(factor: factor)))
            if near == exact { continue }
            reduced += 1
            for (a, b) in zip(near, exact) { counts[Int((abs(a - b) * 255).rounded())] += 1 }
        }
        let total = counts.reduce(0, +)
        let sum = counts.enumerated().reduce(0) { $0 + $1.offset * $1.element }
        let mean = String(format: "%.2f", Double(sum) / Double(max(total, 1)))
        print(
            "keeping \(factor) x: \(reduced) of \(files.count) pictures reduced; mean \(mean),",
            "99% within \(quantile(0.99, counts, total)), 99.9% within \(quantile(0.999, counts, total)),",
            "maximum \(counts.lastIndex { $0 > 0 } ?? 0) of 255 levels")
    }

    private func crop(_ file: [UInt8], _ decoder: ImageDecoder) throws -> [Float] {
        var planes = [Float](repeating: 0, count: transform.outputCount)
        try file.withUnsafeBytes { bytes in
            try planes.withUnsafeMutableBufferPointer {
                try decoder.decode(bytes, transform: transform, into: $0, scratch: scratch)
            }
        }
        return planes
    }

    private func quantile(_ share: Double, _ counts: [Int], _ total: Int) -> Int {
        var seen = 0
        return counts.firstIndex {
            seen += $0
            return Double(seen) >= share * Double(total)
        } ?? 255
    }
}
