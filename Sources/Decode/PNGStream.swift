internal import CPNG

/// A PNG; of an animated one, the default picture.
struct PNGStream: PictureStream, ~Copyable {
    let header: PictureHeader
    private let decoder: OpaquePointer
    private let acceptsDamaged: Bool
    /// Rows come out of order, so the picture is in memory as a whole.
    let isInterlaced: Bool

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits, acceptsDamaged: Bool) throws(DecodeError) {
        // libpng's own limit is a net behind ours, which names the excess as what it is.
        let bounds = cpng_limits(dimension: UInt32(Int32.max), memory: limits.maxCodecBytes)
        var info = cpng_info()
        var opened: OpaquePointer?
        let start = bytes.bindMemory(to: UInt8.self).baseAddress
        try Self.check(cpng_open(start, bytes.count, bounds, &opened, &info))
        guard let opened else { throw DecodeError(.outOfMemory, .png) }
        decoder = opened
        self.acceptsDamaged = acceptsDamaged
        isInterlaced = info.is_interlaced != 0
        header = PictureHeader(
            format: .png, width: Int(info.width), height: Int(info.height),
            orientation: Orientation(exif: UnsafeRawBufferPointer(start: info.exif, count: info.exif_count)),
            channels: info.has_alpha != 0 ? 4 : 3, spareBytes: Int(info.height))
    }

    deinit { cpng_close(decoder) }

    func read(into pixels: UnsafeMutablePointer<UInt8>) throws(DecodeError) {
        let status = cpng_read(decoder, pixels)
        if !acceptsDamaged { try Self.check(status) }
    }

    /// Starts reading by rows, in place of `read`.
    func startRows() throws(DecodeError) { try Self.check(cpng_start_rows(decoder)) }

    /// Decodes the next rows: `header.channels` bytes a pixel, packed. What is damaged is refused at any rate.
    func readRows(_ count: Int, into pixels: UnsafeMutablePointer<UInt8>) throws(DecodeError) {
        try Self.check(cpng_read_rows(decoder, pixels, UInt32(count)))
    }

    private static func check(_ status: cpng_status) throws(DecodeError) {
        switch status {
        case CPNG_OK: return
        case CPNG_TRUNCATED: throw DecodeError(.truncated, .png)
        case CPNG_NO_MEMORY: throw DecodeError(.outOfMemory, .png)
        default: throw DecodeError(.corrupt, .png)
        }
    }
}
