private import Foundation

/// A 64-bit fingerprint of what a picture looks like: near pictures differ in few bits.
///
/// The DCT hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), section
/// 3.2.1: brightness at 32 × 32, a two-dimensional cosine transform, the 8 × 8 lowest frequencies without the
/// constant row and column, one bit each for being above their median. Integer arithmetic throughout, so equal
/// pixels give equal bits on every machine.
///
/// Of a JPEG, 1/2, 1/4 or 1/8 of the size is looked at while its short side keeps 64 pixels: what the hash is made of
/// is much coarser than that. Its hash is therefore near, not equal, to that of its decoded pixels (DESIGN.md).
public struct PerceptualHash: Hashable, Sendable, CustomStringConvertible {
    /// Names the algorithm and its version; hashes of different names must not be compared.
    public static let algorithm = "phash-dct8x8-2"

    /// The 64 bits, the lowest frequency first in the most significant place.
    public let bits: UInt64

    /// Wraps bits that were computed before.
    public init(bits: UInt64) { self.bits = bits }

    /// Hashes a picture.
    public init(of image: RGBImage, scratch: DecodeScratch = DecodeScratch()) {
        self.init(grid: image.resampled(Self.frame, scratch))
    }

    /// Hashes a picture of 32 × 32 pixels.
    fileprivate init(grid: RGBImage) {
        let coefficients = Self.lowFrequencies(Self.brightness(grid))
        let median = coefficients.sorted()[Self.side * Self.side / 2 - 1]
        bits = coefficients.reduce(0) { $0 << 1 | ($1 > median ? 1 : 0) }
    }

    /// Sixteen lower-case hexadecimal digits.
    public var hex: String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The same as `hex`.
    public var description: String { hex }

    /// Bits that differ, 0...64: up to about 10 is "the same picture".
    public func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }

    private static let grid = 32
    private static let side = 8

    fileprivate static var frame: ResamplingFrame { ResamplingFrame(width: grid, height: grid) }

    /// Brightness of each pixel by ITU-R BT.601's luma, 0...255,000.
    private static func brightness(_ grid: RGBImage) -> [Int] {
        grid.pixels.withUnsafeBufferPointer { pixels in
            stride(from: 0, to: pixels.count, by: 3).map {
                299 * Int(pixels[$0]) + 587 * Int(pixels[$0 + 1]) + 114 * Int(pixels[$0 + 2])
            }
        }
    }

    /// Basis functions 1...8 of a cosine transform of 32 values, in units of 1/4096, one after another.
    private static let basis: [Int] = (1...side).flatMap { frequency in
        (0..<grid).map { place in
            let angle = Double((2 * place + 1) * frequency) * Double.pi / Double(2 * grid)
            return Int((cos(angle) * 4096).rounded())
        }
    }

    /// Coefficients of frequencies 1...8 on each axis, rows of equal vertical frequency.
    private static func lowFrequencies(_ brightness: [Int]) -> [Int] {
        // Each row's frequencies, those of equal frequency side by side, as the second transform reads them.
        let across = products(rows: brightness, count: grid)
        return products(rows: across, count: side)
    }

    /// Every row of 32 values times every basis function: for each function, the `count` rows' products.
    private static func products(rows: [Int], count: Int) -> [Int] {
        var out = [Int](repeating: 0, count: side * count)
        basis.withUnsafeBufferPointer { basis in
            rows.withUnsafeBufferPointer { rows in
                for row in 0..<count {
                    for wave in 0..<side {
                        var sum = 0
                        for place in 0..<grid {
                            sum &+= basis[wave * grid + place] &* rows[row * grid + place]
                        }
                        out[wave * count + row] = sum
                    }
                }
            }
        }
        return out
    }
}

extension ImageDecoder {
    /// Decodes a whole picture to hash how it looks, with no more of its pixels in memory than that needs.
    ///
    /// Throws for what `decode` throws for. `PerceptualHash` says how the hash relates to that of decoded pixels.
    public func perceptualHash(of bytes: [UInt8], scratch: DecodeScratch) throws(DecodeError)
        -> PerceptualHash
    {
        let grid = try bytes.withRaw { raw throws(DecodeError) in
            try resampled(raw, keeping: 64, scratch: scratch) { _ in PerceptualHash.frame }
        }
        return PerceptualHash(grid: grid)
    }

    /// Reads a whole picture, without having all its pixels in memory where its format allows. Throws for what `decode`
    /// throws for.
    public func check(_ bytes: [UInt8], scratch: DecodeScratch) throws(DecodeError) {
        _ = try perceptualHash(of: bytes, scratch: scratch)
    }
}
