import CResize
import TestSupport
import Testing

@testable import Decode

@Suite("Resize")
struct ResizeTests {
    /// One axis of a resize, written as plainly as it can be.
    private static func naive(_ values: [UInt8], to whole: Int) -> [UInt8] {
        let scale = Double(values.count) / Double(whole)
        let stretch = max(scale, 1)
        return (0..<whole).map { output in
            let centre = (Double(output) + 0.5) * scale
            let first = max(0, Int(centre - 2 * stretch + 0.5))
            let end = min(values.count, Int(centre + 2 * stretch + 0.5))
            let weights = (first..<end).map { bicubic((Double($0) - centre + 0.5) / stretch) }
            let total = weights.reduce(0, +)
            let sum = zip(first..<end, weights).reduce(1 << 21) { sum, next in
                sum + Int(values[next.0]) * Int((next.1 / total * Double(1 << 22)).rounded())
            }
            return UInt8(max(0, min(255, sum >> 22)))
        }
    }

    private static func bicubic(_ x: Double) -> Double {
        let x = abs(x)
        if x < 1 { return 1.5 * x * x * x - 2.5 * x * x + 1 }
        return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0
    }

    /// Every row of a plane resized; `rows` may be columns as well.
    private static func naive(_ rows: [[UInt8]], to whole: Int) -> [[UInt8]] {
        rows.map { naive($0, to: whole) }
    }

    private static func turned(_ rows: [[UInt8]]) -> [[UInt8]] {
        rows[0].indices.map { x in rows.map { $0[x] } }
    }

    /// The wanted window of a picture resized whole, as three planes.
    private static func naive(_ image: RGBImage, _ window: ImageTransform.Window) -> [UInt8] {
        let rowsFirst = isTall(image, window)
        return (0..<3).flatMap { channel -> [UInt8] in
            var plane = (0..<image.height).map { y in
                (0..<image.width).map { image.pixels[(y * image.width + $0) * 3 + channel] }
            }
            if rowsFirst {
                plane = naive(turned(naive(turned(plane), to: window.height)), to: window.width)
            } else {
                plane = turned(naive(turned(naive(plane, to: window.width)), to: window.height))
            }
            return plane[window.top..<window.top + window.side].flatMap {
                $0[window.left..<window.left + window.side]
            }
        }
    }

    /// Whether Pillow 13 resamples along the height first.
    private static func isTall(_ image: RGBImage, _ window: ImageTransform.Window) -> Bool {
        window.height < image.height
            && image.height - window.height > 2 * (image.width - window.width)
    }

    private static func noise(_ width: Int, _ height: Int, _ generator: inout SeededGenerator) -> RGBImage {
        // Extreme values drive the sums beyond both ends.
        let pixels = (0..<width * height * 3).map { _ in
            Bool.random(using: &generator)
                ? UInt8.random(in: 0...255, using: &generator) : Bool.random(using: &generator) ? 255 : 0
        }
        return RGBImage(width: width, height: height, pixels: ContiguousArray(pixels))
    }

    private static func resized(
        _ image: RGBImage, _ window: ImageTransform.Window, portable: Bool, strip: Int
    ) -> [UInt8] {
        let scratch = DecodeScratch()
        if portable { cresize_use_portable(scratch.resizer) }
        var planes = [Float](repeating: -1, count: 3 * window.side * window.side)
        let resize = Resize(window, sourceWidth: image.width, sourceHeight: image.height, scratch)
        let output = cresize_output(scale: (1, 1, 1), bias: (0, 0, 0))
        planes.withUnsafeMutableBufferPointer { into in
            image.pixels.withUnsafeBufferPointer { pixels in
                for row in stride(from: 0, to: resize.rows.count, by: strip) {
                    let start = ((resize.rows.lowerBound + row) * image.width + resize.columns.lowerBound) * 3
                    resize.push(
                        UnsafeBufferPointer(rebasing: pixels[start...]), stride: image.width * 3,
                        count: min(strip, resize.rows.count - row), output: output, into: into)
                }
            }
        }
        return planes.map { UInt8($0) }
    }

    private static func randomCase(_ generator: inout SeededGenerator) -> (RGBImage, ImageTransform.Window) {
        let image = noise(
            Int.random(in: 1...70, using: &generator), Int.random(in: 1...70, using: &generator), &generator)
        let side = Int.random(in: 1...40, using: &generator)
        let width = side + Int.random(in: 0...30, using: &generator)
        let height = side + Int.random(in: 0...30, using: &generator)
        let window = ImageTransform.Window(
            width: width, height: height, left: Int.random(in: 0...(width - side), using: &generator),
            top: Int.random(in: 0...(height - side), using: &generator), side: side)
        return (image, window)
    }

    @Test("Both kernels equal the naive resize at random sizes", arguments: 0..<60)
    func kernels(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let (image, window) = Self.randomCase(&generator)
        let expected = Self.naive(image, window)
        for (portable, strip) in [(true, 8), (false, 8), (false, 48), (false, 1000)] {
            #expect(Self.resized(image, window, portable: portable, strip: strip) == expected)
        }
    }

    @Test("Both orders of the passes are among the random sizes")
    func orders() {
        let tall = (0..<60).filter { seed in
            var generator = SeededGenerator(seed: UInt64(seed))
            let (image, window) = Self.randomCase(&generator)
            return Self.isTall(image, window)
        }
        #expect((10...50).contains(tall.count))
    }

    @Test("A scratch serves pictures of any sizes in turn")
    func reuse() {
        var generator = SeededGenerator(seed: 5)
        let scratch = DecodeScratch()
        let transform = ImageTransform(size: 24, crop: .centre)
        for (width, height) in [(300, 20), (20, 300), (1, 1), (64, 64), (7, 500)] {
            let image = Self.noise(width, height, &generator)
            var planes = [Float](repeating: 0, count: transform.outputCount)
            planes.withUnsafeMutableBufferPointer { transform.apply(image, into: $0, scratch: scratch) }
            #expect(planes == apply(transform, image, (0, 0)))
        }
    }

    @Test("Values are normalised as torchvision does")
    func normalised() {
        let image = RGBImage(width: 1, height: 1, pixels: [0, 128, 255])
        let transform = ImageTransform(size: 1, crop: .centre)
        let values = apply(transform, image, (0, 0))
        for (channel, byte) in [0, 128, 255].enumerated() {
            let expected =
                (Float(byte) / 255 - ImageTransform.clipMean[channel])
                / ImageTransform.clipStandardDeviation[channel]
            #expect(abs(values[channel] - expected) < 1e-6)
        }
    }

    /// Values of torchvision 0.20's `_compute_resized_output_size` and `center_crop`, by hand.
    @Test(
        "The window is torchvision's",
        arguments: [
            (640, 480, 298, 224, 37, 0), (480, 640, 224, 298, 0, 37), (500, 333, 336, 224, 56, 0),
            (227, 224, 227, 224, 2, 0), (225, 224, 225, 224, 0, 0), (231, 224, 231, 224, 4, 0),
            (1, 1, 224, 224, 0, 0), (10, 3, 746, 224, 261, 0),
        ])
    func window(_ width: Int, _ height: Int, _ toWidth: Int, _ toHeight: Int, _ left: Int, _ top: Int) {
        let transform = ImageTransform(size: 224, crop: .centre)
        let expected = ImageTransform.Window(
            width: toWidth, height: toHeight, left: left, top: top, side: 224)
        #expect(transform.window(width: width, height: height, position: (0.9, 0.9)) == expected)
    }

    @Test("A random crop reaches both ends and no further")
    func randomWindow() {
        let transform = ImageTransform(size: 10, crop: .random)
        #expect(transform.window(width: 20, height: 10, position: (0, 0)).left == 0)
        #expect(transform.window(width: 20, height: 10, position: (0.999_999, 0.5)).left == 10)
        #expect(transform.window(width: 20, height: 10, position: (1, 1)).left == 10)
    }
}
