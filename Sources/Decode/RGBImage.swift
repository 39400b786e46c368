/// What the header of a picture says.
public struct ImageInfo: Sendable, Hashable {
    /// The format, told by content.
    public let format: ImageFormat
    /// Pixels across as displayed: with the EXIF orientation applied.
    public let width: Int
    /// Pixels down as displayed.
    public let height: Int
}

/// A decoded picture: 8-bit sRGB samples, no transparency.
public struct RGBImage: Sendable, Hashable {
    /// Pixels across.
    public let width: Int
    /// Pixels down.
    public let height: Int
    /// Height × width × 3 samples: rows from the top, pixels from the left, red, green, blue.
    public var pixels: ContiguousArray<UInt8>

    /// Wraps `width * height * 3` samples.
    public init(width: Int, height: Int, pixels: ContiguousArray<UInt8>) {
        precondition(
            width > 0 && height > 0 && pixels.count == width * height * 3, "an RGB picture is H × W × 3")
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
