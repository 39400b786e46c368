internal import CGIF

/// The first frame of a GIF on its canvas.
struct GIFStream: PictureStream, ~Copyable {
    let header: PictureHeader
    private let decoder: OpaquePointer
    private let acceptsDamaged: Bool

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits, acceptsDamaged: Bool) throws(DecodeError) {
        var info = cgif_info()
        var opened: OpaquePointer?
        let start = bytes.bindMemory(to: UInt8.self).baseAddress
        try Self.check(cgif_open(start, bytes.count, &opened, &info))
        guard let opened else { throw DecodeError(.outOfMemory, .gif) }
        decoder = opened
        self.acceptsDamaged = acceptsDamaged
        header = PictureHeader(
            format: .gif, width: Int(info.width), height: Int(info.height), orientation: .upright, channels: 3
        )
    }

    deinit { cgif_close(decoder) }

    func read(into pixels: UnsafeMutablePointer<UInt8>) throws(DecodeError) {
        let status = cgif_read(decoder, pixels)
        if !acceptsDamaged { try Self.check(status) }
    }

    private static func check(_ status: cgif_status) throws(DecodeError) {
        switch status {
        case CGIF_OK: return
        case CGIF_TRUNCATED: throw DecodeError(.truncated, .gif)
        case CGIF_NO_MEMORY: throw DecodeError(.outOfMemory, .gif)
        default: throw DecodeError(.corrupt, .gif)
        }
    }
}
