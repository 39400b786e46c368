/// Turns the bytes of a JPEG, PNG, WebP or GIF into RGB pixels, whatever the bytes are.
///
/// The pixels equal Pillow's `convert("RGB")` of the same file with the EXIF orientation applied, with one
/// difference: what is transparent is put on white, where Pillow drops the alpha channel. Of an animation the
/// first frame counts. Colour profiles and gamma are ignored, as Pillow ignores them; 16-bit samples keep their
/// high byte. Calls block and use no shared state: run them on threads of your own.
public struct ImageDecoder: Sendable {
    /// What a picture may cost.
    public let limits: DecodeLimits
    /// Whether a truncated or damaged picture is decoded as far as it goes instead of refused; what is missing
    /// is left as the codec leaves it (grey in JPEG, white elsewhere).
    public let acceptsDamaged: Bool
    /// How large pictures may be reduced while decoding them for a transform.
    public let reduction: JPEGReduction
    /// PNGs of more pixels are resampled row by row: libdeflate, which is faster, needs all of them at once.
    var mostPixelsAtOnce = 16 << 20

    /// Makes a decoder; it holds no resources.
    public init(
        limits: DecodeLimits = .standard, acceptsDamaged: Bool = false, reduction: JPEGReduction = .none
    ) {
        self.limits = limits
        self.acceptsDamaged = acceptsDamaged
        self.reduction = reduction
    }

    /// Tells the format of a file by its first 12 bytes; `nil` for anything that is not decoded here.
    public static func sniff(_ bytes: some Collection<UInt8>) -> ImageFormat? {
        ImageFormat.sniff(Array(bytes.prefix(12)))
    }

    /// Reads only the header: format and displayed size, checked against the limits.
    public func info(_ bytes: UnsafeRawBufferPointer) throws(DecodeError) -> ImageInfo {
        switch try format(of: bytes) {
        case .jpeg: try open(JPEGStream.self, bytes).header.info
        case .png: try open(PNGStream.self, bytes).header.info
        case .webp: try open(WebPStream.self, bytes).header.info
        case .gif: try open(GIFStream.self, bytes).header.info
        }
    }

    /// Decodes the whole picture, turned as it is displayed.
    public func decode(_ bytes: UnsafeRawBufferPointer) throws(DecodeError) -> RGBImage {
        switch try format(of: bytes) {
        case .jpeg: try decode(open(JPEGStream.self, bytes))
        case .png: try decode(open(PNGStream.self, bytes))
        case .webp: try decode(open(WebPStream.self, bytes))
        case .gif: try decode(open(GIFStream.self, bytes))
        }
    }

    func format(of bytes: UnsafeRawBufferPointer) throws(DecodeError) -> ImageFormat {
        guard let format = Self.sniff(bytes) else { throw DecodeError(.unknownFormat, nil) }
        guard bytes.count <= limits.maxBytes else {
            throw DecodeError(.tooManyBytes, format, "\(bytes.count) bytes, allowed are \(limits.maxBytes)")
        }
        return format
    }

    /// Opens a picture and refuses it if its header announces too much.
    func open<Stream: PictureStream & ~Copyable>(
        _ type: Stream.Type, _ bytes: UnsafeRawBufferPointer
    ) throws(DecodeError) -> Stream {
        let stream = try Stream(bytes, limits: limits, acceptsDamaged: acceptsDamaged)
        try stream.header.check(limits)
        return stream
    }

    func decode<Stream: PictureStream & ~Copyable>(
        _ stream: consuming Stream
    ) throws(DecodeError) -> RGBImage {
        let header = stream.header
        let image = try RGBImage.decoded(
            width: header.width, height: header.height, room: header.byteCount
        ) { pixels throws(DecodeError) in try stream.readRGB(into: pixels) }
        return header.orientation.apply(image)
    }
}

extension RGBImage {
    /// A picture whose pixels `read` writes, into memory for `room` bytes (default: no more than they are).
    static func decoded(
        width: Int, height: Int, room: Int? = nil,
        _ read: (UnsafeMutablePointer<UInt8>) throws(DecodeError) -> Void
    ) throws(DecodeError) -> RGBImage {
        var failure: DecodeError?
        let size = width * height * 3
        let pixels = ContiguousArray<UInt8>(
            unsafeUninitializedCapacity: room ?? size
        ) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            do throws(DecodeError) {
                try read(base)
                count = size
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return RGBImage(width: width, height: height, pixels: pixels)
    }
}

extension ImageDecoder {
    /// Reads only the header of a file held in an array.
    public func info(_ bytes: [UInt8]) throws(DecodeError) -> ImageInfo {
        try bytes.withRaw { raw throws(DecodeError) in try info(raw) }
    }

    /// Decodes a file held in an array.
    public func decode(_ bytes: [UInt8]) throws(DecodeError) -> RGBImage {
        try bytes.withRaw { raw throws(DecodeError) in try decode(raw) }
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` that keeps the error's type.
    func withRaw<Value>(
        _ body: (UnsafeRawBufferPointer) throws(DecodeError) -> Value
    ) throws(DecodeError) -> Value {
        let result = withUnsafeBytes { raw -> Result<Value, DecodeError> in
            do throws(DecodeError) { return .success(try body(raw)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

extension PictureStream where Self: ~Copyable {
    /// Decodes into memory for `byteCount` bytes, of which the first `pixelCount * 3` become RGB.
    func readRGB(into pixels: UnsafeMutablePointer<UInt8>) throws(DecodeError) {
        try read(into: pixels)
        if header.channels == 4 { flattenOnWhite(pixels, count: header.pixelCount) }
    }
}
