/// Makes pictures over: to a size, to a format, or both.
public struct ImageRemake: Sendable, Hashable {
    /// The size; nil leaves sizes.
    public var resize: ImageResize?
    /// The format of every picture; nil makes only what is resized over, as JPEG.
    public var format: ImageEncoder.Format?
    /// 1 to 100, of JPEG and WebP.
    public var quality: Int

    /// Of what files become; equal versions make equal files. 2: JPEGs are decoded at a part of their size, and written with
    /// the standard's Huffman tables.
    public static let version = 2

    /// Describes what is done.
    public init(resize: ImageResize?, format: ImageEncoder.Format?, quality: Int) {
        (self.resize, self.format, self.quality) = (resize, format, quality)
    }

    /// A picture that was made over.
    public struct Result: Sendable {
        /// Its pixels before they were encoded.
        public let image: RGBImage
        /// The file.
        public let bytes: [UInt8]
        /// What the file is.
        public let format: ImageFormat
    }

    /// Whether a picture of a size and format stays as it is, to the byte.
    public func keeps(width: Int, height: Int, format old: ImageFormat) -> Bool {
        let keepsSize = resize?.keeps(width: width, height: height) ?? true
        return keepsSize && (format == nil || format?.written == old)
    }

    /// Makes a picture over. Throws where it cannot be encoded.
    public func apply(
        _ image: RGBImage, scratch: DecodeScratch = DecodeScratch()
    ) throws(DecodeError) -> Result {
        try encode(resize?.apply(image, scratch: scratch) ?? image)
    }

    /// Makes a file over, without having all its pixels in memory where its format allows. A JPEG that becomes much
    /// smaller is not decoded at its whole size, which leaves less to be told from `apply` than encoding does.
    /// Throws where it cannot be decoded or encoded.
    public func apply(
        _ bytes: [UInt8], decoder: ImageDecoder, scratch: DecodeScratch
    ) throws(DecodeError) -> Result {
        let image = try bytes.withRaw { raw throws(DecodeError) in
            if let resize { try resize.decode(raw, decoder, scratch) } else { try decoder.decode(raw) }
        }
        return try encode(image)
    }

    private func encode(_ image: RGBImage) throws(DecodeError) -> Result {
        let encoder = ImageEncoder(format ?? .jpeg, quality: quality)
        return Result(image: image, bytes: try encoder.encode(image), format: encoder.format.written)
    }
}

extension ImageEncoder.Format {
    /// What a decoder calls the format.
    var written: ImageFormat {
        switch self {
        case .jpeg: .jpeg
        case .png: .png
        case .webp: .webp
        }
    }
}
