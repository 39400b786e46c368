internal import CWebP

/// A WebP; of an animated one, the first frame on its canvas.
struct WebPStream: PictureStream, ~Copyable {
    let header: PictureHeader
    private let bytes: UnsafeRawBufferPointer
    private let info: cwebp_info
    private let acceptsDamaged: Bool

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits, acceptsDamaged: Bool) throws(DecodeError) {
        var info = cwebp_info()
        let start = bytes.bindMemory(to: UInt8.self).baseAddress
        try Self.check(cwebp_read_info(start, bytes.count, &info))
        self.bytes = bytes
        self.info = info
        self.acceptsDamaged = acceptsDamaged
        header = PictureHeader(
            format: .webp, width: Int(info.width), height: Int(info.height),
            orientation: Orientation(exif: UnsafeRawBufferPointer(start: info.exif, count: info.exif_count)),
            channels: info.has_alpha != 0 || info.is_animated != 0 ? 4 : 3)
    }

    func read(into pixels: UnsafeMutablePointer<UInt8>) throws(DecodeError) {
        var info = info
        let start = bytes.bindMemory(to: UInt8.self).baseAddress
        if acceptsDamaged {
            pixels.update(repeating: 255, count: header.pixelCount * header.channels)
            _ = cwebp_decode(start, bytes.count, &info, pixels)
        } else {
            try Self.check(cwebp_decode(start, bytes.count, &info, pixels))
        }
    }

    private static func check(_ status: cwebp_status) throws(DecodeError) {
        switch status {
        case CWEBP_OK: return
        case CWEBP_TRUNCATED: throw DecodeError(.truncated, .webp)
        case CWEBP_UNSUPPORTED: throw DecodeError(.unsupported, .webp)
        case CWEBP_NO_MEMORY: throw DecodeError(.outOfMemory, .webp)
        default: throw DecodeError(.corrupt, .webp)
        }
    }
}
