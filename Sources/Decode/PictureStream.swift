/// A picture whose header has been read and whose pixels can be asked for; closes its codec when it goes.
///
/// The bytes it was opened on must outlive it.
protocol PictureStream: ~Copyable {
    /// Reads the header; checks no limit on pixels.
    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits, acceptsDamaged: Bool) throws(DecodeError)

    /// The stored size and how to turn it.
    var header: PictureHeader { get }

    /// Decodes into memory for `header.byteCount` bytes: `header.channels` a pixel, rows packed. May be called once.
    func read(into pixels: UnsafeMutablePointer<UInt8>) throws(DecodeError)
}

/// What a stream knows after its header.
struct PictureHeader {
    let format: ImageFormat
    /// Size as stored.
    let width: Int
    let height: Int
    let orientation: Orientation
    /// 3 for RGB, 4 for RGBA.
    let channels: Int
    /// Bytes that the codec needs behind the pixels while it works.
    var spareBytes = 0

    /// Room for `read`.
    var byteCount: Int { pixelCount * channels + spareBytes }
    var pixelCount: Int { width * height }

    /// The header as displayed.
    var info: ImageInfo {
        orientation.swapsSides
            ? ImageInfo(format: format, width: height, height: width)
            : ImageInfo(format: format, width: width, height: height)
    }

    func check(_ limits: DecodeLimits) throws(DecodeError) {
        try limits.check(format, width: width, height: height)
    }
}

/// Puts `count` RGBA pixels on white, as RGB, in the same memory: rounded (255 (255 - a) + v a) / 255.
func flattenOnWhite(_ pixels: UnsafeMutablePointer<UInt8>, count: Int) {
    for index in 0..<count {
        let from = pixels + index * 4
        let into = pixels + index * 3
        let alpha = UInt32(from[3])
        if alpha == 255 {
            (into[0], into[1], into[2]) = (from[0], from[1], from[2])
            continue
        }
        let white = 255 * (255 - alpha) + 128
        for channel in 0..<3 {
            let sum = white + UInt32(from[channel]) * alpha
            into[channel] = UInt8(truncatingIfNeeded: (sum + sum >> 8) >> 8)
        }
    }
}
