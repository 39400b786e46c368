internal import CJPEG

/// A JPEG, read by rows.
struct JPEGStream: PictureStream, ~Copyable {
    let header: PictureHeader
    private let decoder: OpaquePointer

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits, acceptsDamaged: Bool) throws(DecodeError) {
        let bounds = cjpeg_limits(
            memory: limits.maxCodecBytes, scans: Int32(clamping: limits.maxScans),
            accept_damaged: acceptsDamaged ? 1 : 0)
        var info = cjpeg_info()
        var opened: OpaquePointer?
        let start = bytes.bindMemory(to: UInt8.self).baseAddress
        try Self.check(cjpeg_open(start, bytes.count, bounds, &opened, &info))
        guard let opened else { throw DecodeError(.outOfMemory, .jpeg) }
        decoder = opened
        header = PictureHeader(
            format: .jpeg, width: Int(info.width), height: Int(info.height),
            orientation: Orientation(exif: UnsafeRawBufferPointer(start: info.exif, count: info.exif_count)),
            channels: 3)
    }

    deinit { cjpeg_close(decoder) }

    func read(into pixels: UnsafeMutablePointer<UInt8>) throws(DecodeError) {
        _ = try start(columns: 0..<header.width, fromRow: 0)
        try readRows(header.height, into: pixels, stride: header.width * 3)
    }

    /// Asks for 1/denominator of the size (1, 2, 4 or 8) and gives the size that will come.
    func reduce(by denominator: Int) -> (width: Int, height: Int) {
        var width: UInt32 = 0
        var height: UInt32 = 0
        cjpeg_scale(decoder, UInt32(denominator), &width, &height)
        return (Int(width), Int(height))
    }

    /// Starts decoding at a row; gives the columns that rows will have, which include those asked for.
    func start(columns: Range<Int>, fromRow row: Int) throws(DecodeError) -> Range<Int> {
        var first = UInt32(columns.lowerBound)
        var width = UInt32(columns.count)
        try Self.check(cjpeg_start(decoder, &first, &width, UInt32(row)))
        return Int(first)..<Int(first) + Int(width)
    }

    /// Decodes the next rows as RGB.
    func readRows(_ count: Int, into pixels: UnsafeMutablePointer<UInt8>, stride: Int) throws(DecodeError) {
        try Self.check(cjpeg_read(decoder, pixels, stride, UInt32(count)))
    }

    private static func check(_ status: cjpeg_status) throws(DecodeError) {
        switch status {
        case CJPEG_OK: return
        case CJPEG_TRUNCATED: throw DecodeError(.truncated, .jpeg)
        case CJPEG_UNSUPPORTED: throw DecodeError(.unsupported, .jpeg)
        case CJPEG_TOO_MANY_SCANS: throw DecodeError(.tooManyScans, .jpeg)
        case CJPEG_NO_MEMORY: throw DecodeError(.outOfMemory, .jpeg)
        default: throw DecodeError(.corrupt, .jpeg)
        }
    }
}
