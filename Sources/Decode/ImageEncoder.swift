internal import CJPEG
internal import CPNG
internal import CWebP
internal import Foundation

/// Turns pixels into a file again, for exports.
public struct ImageEncoder: Sendable, Hashable {
    /// What the file is to be.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// Baseline JPEG with 4:2:0 chroma and the standard's Huffman tables.
        case jpeg = "jpg"
        /// PNG, without loss.
        case png
        /// WebP, lossy.
        case webp
    }

    /// What the file is to be.
    public let format: Format
    /// 1 to 100; PNG ignores it.
    public let quality: Int

    /// Describes an encoder; qualities beyond 1...100 are brought into it.
    public init(_ format: Format, quality: Int = 90) {
        self.format = format
        self.quality = min(100, max(1, quality))
    }

    /// Encodes a picture. It fails where memory runs out, or for a size that the format does not know.
    public func encode(_ image: RGBImage) throws(DecodeError) -> [UInt8] {
        let (width, height) = (UInt32(image.width), UInt32(image.height))
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let isDone = image.pixels.withUnsafeBufferPointer { pixels in
            switch format {
            case .jpeg:
                cjpeg_encode(pixels.baseAddress, width, height, Int32(quality), &bytes, &count) == CJPEG_OK
            case .png: cpng_encode(pixels.baseAddress, width, height, &bytes, &count) == CPNG_OK
            case .webp:
                cwebp_encode(pixels.baseAddress, width, height, Float(quality), &bytes, &count) == CWEBP_OK
            }
        }
        defer { if format == .webp { cwebp_free(bytes) } else { free(bytes) } }
        guard isDone, let bytes else {
            throw DecodeError(
                .unsupported, nil,
                "\(image.width)×\(image.height) pixels cannot be encoded as \(format.rawValue)")
        }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}
