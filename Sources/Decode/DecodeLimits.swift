/// What a picture may cost before it is refused; every limit is checked before the memory is asked for.
public struct DecodeLimits: Sendable, Hashable {
    /// Largest file, in bytes.
    public var maxBytes: Int
    /// Largest width times height.
    public var maxPixels: Int
    /// Largest width and largest height; 65,500 is libjpeg's own.
    public var maxDimension: Int
    /// Memory that a codec may hold besides the picture itself, in bytes.
    public var maxCodecBytes: Int
    /// Scans of a progressive JPEG. Encoders write about ten; each further one costs a pass over the picture for
    /// a few bytes of input.
    public var maxScans: Int

    /// Sets every limit; the defaults suit pictures from the open web.
    public init(
        maxBytes: Int = 128 << 20, maxPixels: Int = 100_000_000, maxDimension: Int = 65_500,
        maxCodecBytes: Int = 1 << 30, maxScans: Int = 50
    ) {
        self.maxBytes = maxBytes
        self.maxPixels = maxPixels
        self.maxDimension = maxDimension
        self.maxCodecBytes = maxCodecBytes
        self.maxScans = maxScans
    }

    /// The default limits.
    public static let standard = DecodeLimits()

    /// Limits for what a store or shard holds: whatever an import may have let in, a billion pixels at most.
    public static let stored = DecodeLimits(maxPixels: 1_000_000_000)

    /// Refuses a picture whose header announces more than is allowed.
    func check(_ format: ImageFormat, width: Int, height: Int) throws(DecodeError) {
        guard width > 0, height > 0 else {
            throw DecodeError(.corrupt, format, "the header announces \(width) × \(height) pixels")
        }
        guard width <= maxDimension, height <= maxDimension, width * height <= maxPixels else {
            throw DecodeError(
                .tooManyPixels, format,
                "\(width) × \(height) pixels, allowed are \(maxPixels) and \(maxDimension) a side")
        }
    }
}
