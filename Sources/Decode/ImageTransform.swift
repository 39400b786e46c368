internal import CResize

/// CLIP's preprocessing: resize the short side, cut a square, normalise each channel.
///
/// Equal to torchvision's `Resize(size, BICUBIC)` (antialiased, which on Pillow images is Pillow's own resize),
/// `CenterCrop(size)` or `RandomCrop(size)`, `ToTensor` and `Normalize`, bit for bit up to the rounding of the
/// last float operation. Only rows and columns that survive the cut are computed.
public struct ImageTransform: Sendable, Hashable {
    /// Which square of the resized picture is taken.
    public enum Crop: Sendable, Hashable {
        /// The middle (torchvision's `CenterCrop`).
        case centre
        /// One anywhere, at the given position: CLIP's only augmentation in training.
        case random
    }

    /// CLIP's channel means, in units of full intensity.
    public static let clipMean: [Float] = [0.481_454_66, 0.457_827_5, 0.408_210_73]
    /// CLIP's channel standard deviations.
    public static let clipStandardDeviation: [Float] = [0.268_629_54, 0.261_302_58, 0.275_777_11]

    /// Side of the square, in pixels.
    public let size: Int
    /// Which square.
    public let crop: Crop
    /// What is subtracted from red, green and blue in 0...1.
    public let mean: [Float]
    /// What the difference is divided by.
    public let std: [Float]

    /// Describes a transform; `size` is positive, `mean` and `std` have three entries.
    public init(
        size: Int, crop: Crop, mean: [Float] = clipMean, std: [Float] = clipStandardDeviation
    ) {
        precondition(
            size > 0 && mean.count == 3 && std.count == 3, "a transform has a size and three channels")
        self.size = size
        self.crop = crop
        self.mean = mean
        self.std = std
    }

    /// The same square as levels from 0 to 255.
    var unnormalised: ImageTransform {
        ImageTransform(
            size: size, crop: crop, mean: [0, 0, 0], std: Array(repeating: 1 / 255, count: 3))
    }

    /// Floats that one picture becomes: 3 × size × size.
    public var outputCount: Int { 3 * size * size }

    /// Writes a picture as C × H × W floats.
    ///
    /// - Parameters:
    ///   - position: where a random crop lies, 0..<1 of the room there is on each axis; a centre crop ignores it.
    ///   - planes: exactly `outputCount` floats; they need not be initialised.
    ///   - scratch: working memory to reuse, for speed.
    public func apply(
        _ image: RGBImage, position: (x: Double, y: Double) = (0, 0),
        into planes: UnsafeMutableBufferPointer<Float>, scratch: DecodeScratch = DecodeScratch()
    ) {
        image.pixels.withUnsafeBufferPointer { pixels in
            apply(pixels, width: image.width, height: image.height, position: position, into: planes, scratch)
        }
    }

    /// The same over packed RGB rows.
    func apply(
        _ pixels: UnsafeBufferPointer<UInt8>, width: Int, height: Int, position: (x: Double, y: Double),
        into planes: UnsafeMutableBufferPointer<Float>, _ scratch: DecodeScratch
    ) {
        let window = window(width: width, height: height, position: position)
        let resize = Resize(window, sourceWidth: width, sourceHeight: height, scratch)
        let start = (resize.rows.lowerBound * width + resize.columns.lowerBound) * 3
        resize.push(
            UnsafeBufferPointer(rebasing: pixels[start...]), stride: width * 3, count: resize.rows.count,
            output: output, into: planes)
    }

    /// Value = byte * scale + bias, which is (byte / 255 - mean) / std.
    var output: cresize_output {
        func each(_ value: (Int) -> Double) -> (Float, Float, Float) {
            (Float(value(0)), Float(value(1)), Float(value(2)))
        }
        return cresize_output(
            scale: each { 1 / (255 * Double(std[$0])) }, bias: each { -Double(mean[$0]) / Double(std[$0]) })
    }
}
