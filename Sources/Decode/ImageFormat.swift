/// A picture format that can be decoded; the raw value is the extension of a shard member.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable, Codable {
    /// JPEG (ITU-T T.81), baseline or progressive.
    case jpeg = "jpg"
    /// PNG (ISO/IEC 15948).
    case png
    /// WebP, lossy or lossless.
    case webp
    /// GIF87a or GIF89a.
    case gif

    /// Tells the format of a file by its first bytes (12 are enough); `nil` for anything else.
    static func sniff(_ start: [UInt8]) -> ImageFormat? {
        if start.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if start.starts(with: "GIF87a".utf8) || start.starts(with: "GIF89a".utf8) { return .gif }
        let isRIFF = start.count >= 12 && start.starts(with: "RIFF".utf8)
        return isRIFF && start[8..<12].elementsEqual("WEBP".utf8) ? .webp : nil
    }
}
