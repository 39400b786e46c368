internal import CResize
private import Foundation

/// A 64-bit fingerprint of what a picture looks like: near pictures differ in few bits.
///
/// The DCT hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), section
/// 3.2.1: brightness at 32 × 32, a two-dimensional cosine transform, the 8 × 8 lowest frequencies without the
/// constant row and column, one bit each for being above their median. Integer arithmetic throughout, so equal
/// pixels give equal bits on every machine.
public struct PerceptualHash: Hashable, Sendable, CustomStringConvertible {
    /// Names the algorithm and its version; hashes of different names must not be compared.
    public static let algorithm = "phash-dct8x8-1"

    /// The 64 bits, the lowest frequency first in the most significant place.
    public let bits: UInt64

    /// Wraps bits that were computed before.
    public init(bits: UInt64) { self.bits = bits }

    /// Hashes a picture.
    public init(of image: RGBImage) {
        let brightness = Self.brightness(image)
        let coefficients = Self.lowFrequencies(brightness)
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

    /// Brightness at 32 × 32, 0...255,000, rows from the top.
    private static func brightness(_ image: RGBImage) -> [Int] {
        let window = ImageTransform.Window(width: grid, height: grid, left: 0, top: 0, side: grid)
        let scratch = DecodeScratch()
        let resize = Resize(window, sourceWidth: image.width, sourceHeight: image.height, scratch)
        let bytes = cresize_output(scale: (1, 1, 1), bias: (0, 0, 0))
        let cells = grid * grid
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * cells) { planes in
            image.pixels.withUnsafeBufferPointer {
                resize.push($0, stride: image.width * 3, count: image.height, output: bytes, into: planes)
            }
            // ITU-R BT.601 luma.
            return (0..<cells).map {
                299 * Int(planes[$0]) + 587 * Int(planes[cells + $0]) + 114 * Int(planes[2 * cells + $0])
            }
        }
    }

    /// Basis functions 1...8 of a cosine transform of 32 values, in units of 1/4096.
    private static let basis: [[Int]] = (1...side).map { frequency in
        (0..<grid).map { place in
            let angle = Double((2 * place + 1) * frequency) * Double.pi / Double(2 * grid)
            return Int((cos(angle) * 4096).rounded())
        }
    }

    /// Coefficients of frequencies 1...8 on each axis, rows of equal vertical frequency.
    private static func lowFrequencies(_ brightness: [Int]) -> [Int] {
        let across = (0..<grid).map { row in
            basis.map { wave in (0..<grid).reduce(0) { $0 + wave[$1] * brightness[row * grid + $1] } }
        }
        return basis.flatMap { wave in
            (0..<side).map { column in (0..<grid).reduce(0) { $0 + wave[$1] * across[$1][column] } }
        }
    }
}
