import Decode
import Foundation
import TestSupport
import Testing

/// What is encoded is decoded again: without loss where the format has none, close to it elsewhere; resized as Pillow.
@Suite struct EncoderTests {
    /// A smooth picture, which lossy formats keep well.
    private func picture(_ width: Int, _ height: Int) -> RGBImage {
        var pixels = ContiguousArray<UInt8>()
        for y in 0..<height {
            for x in 0..<width {
                pixels.append(UInt8(255 * x / max(1, width)))
                pixels.append(UInt8(255 * y / max(1, height)))
                pixels.append(UInt8((128 + 100 * sin(Double(x + y) / 40)).rounded()))
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    @Test(arguments: ImageEncoder.Format.allCases, [(1, 1), (64, 40), (320, 200), (33, 257)])
    func comesBack(format: ImageEncoder.Format, size: (Int, Int)) throws {
        let image = picture(size.0, size.1)
        let bytes = try ImageEncoder(format, quality: 95).encode(image)
        let back = try ImageDecoder().decode(bytes)
        #expect(back.width == image.width && back.height == image.height)
        if format == .png {
            #expect(back == image)
        } else {
            let error = zip(back.pixels, image.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            // A picture of a few pixels has no smooth stretch.
            let allowed = image.pixels.count < 100 ? 16.0 : 4
            #expect(Double(error) / Double(image.pixels.count) < allowed, "mean difference of \(format)")
        }
    }

    @Test func qualityIsWhatItSays() throws {
        let image = picture(320, 240)
        for format in [ImageEncoder.Format.jpeg, .webp] {
            let sizes = try [20, 60, 95].map { try ImageEncoder(format, quality: $0).encode(image).count }
            #expect(sizes == sizes.sorted() && sizes[0] < sizes[2], "\(format): \(sizes)")
        }
    }

    @Test func whatAFormatCannotHoldIsAnError() {
        let wide = RGBImage(width: 17_000, height: 1, pixels: .init(repeating: 9, count: 51_000))
        #expect(throws: DecodeError.self) { try ImageEncoder(.webp).encode(wide) }
    }

    @Test(arguments: [(640, 480, 224), (100, 300, 64), (300, 299, 128)])
    func resizesAsPillowDoes(width: Int, height: Int, size: Int) throws {
        let image = picture(width, height)
        let resized = ImageResize(.keepRatio, size: size).apply(image)
        #expect(min(resized.width, resized.height) == size)
        #expect(ImageResize(.keepRatio, size: 10_000, onlyIfBigger: true).apply(image) == image)
        guard let python = ProcessInfo.processInfo.environment["WIT_TEST_PYTHON"] else { return }
        let folder = try TemporaryFolder("wit-encode")
        let source = try folder.write("in.png", ImageEncoder(.png).encode(image))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [
            "-c",
            """
            import sys
            from PIL import Image
            image = Image.open(sys.argv[1]).convert("RGB")
            image.resize((int(sys.argv[2]), int(sys.argv[3])), Image.BICUBIC).save(sys.argv[4])
            """, source, String(resized.width), String(resized.height), folder.file("out.png"),
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let theirs = try ImageDecoder().decode(
            [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.file("out.png")))))
        try #require(theirs.width == resized.width && theirs.height == resized.height)
        // Pillow 13 takes the rows of a tall picture first: another rounding between the passes.
        let isTall = height - resized.height > 2 * (width - resized.width)
        let largest = zip(theirs.pixels, resized.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
        #expect(largest <= (isTall ? 1 : 0))
    }
}
