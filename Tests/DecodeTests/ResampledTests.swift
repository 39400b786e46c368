import TestSupport
import Testing

@testable import Decode

/// Files that are resampled while they are decoded.
@Suite struct ResampledTests {
    private let scratch = DecodeScratch()

    private func picture(_ width: Int, _ height: Int) -> RGBImage {
        var pixels = ContiguousArray<UInt8>()
        for place in 0..<(width * height) {
            let (x, y) = (place % width, place / width)
            pixels += [UInt8(x * 255 / width), UInt8(y * 255 / height), UInt8((x / 8 + y / 8) % 2 * 200)]
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    private func largest(_ a: RGBImage, _ b: RGBImage) -> Int {
        zip(a.pixels, b.pixels).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
    }

    private static let resizes = [
        ImageResize(.keepRatio, size: 32), ImageResize(.centerCrop, size: 32), ImageResize(.border, size: 40),
        ImageResize(.keepRatioLargest, size: 300), ImageResize(.keepRatio, size: 400, onlyIfBigger: true),
    ]

    /// Row by row or not, a file becomes what its decoded picture becomes, to the bit where a JPEG is not reduced.
    @Test(arguments: resizes, [[90, 70], [50, 120], [20, 200]]) func aFileBecomesWhatItsPictureBecomes(
        resize: ImageResize, size: [Int]
    ) throws {
        let image = picture(size[0], size[1])
        for format in ImageEncoder.Format.allCases {
            let bytes = try ImageEncoder(format).encode(image)
            // What the long side of a picture is brought to leaves little of the short one.
            let isReduced = format == .jpeg && resize.mode == .border && size == [20, 200]
            for most in [1 << 20, 1] {
                var decoder = ImageDecoder()
                decoder.mostPixelsAtOnce = most
                let made = try bytes.withUnsafeBytes { try resize.decode($0, decoder, scratch) }
                let expected = resize.apply(try decoder.decode(bytes))
                #expect(made.width == expected.width && made.height == expected.height)
                #expect(isReduced || made == expected, "\(format) \(most): \(largest(made, expected))")
            }
        }
    }

    /// A JPEG of four times the size or more is decoded at a part of its own.
    @Test func aReducedPictureIsNear() throws {
        let image = picture(640, 520)
        let bytes = try ImageEncoder(.jpeg, quality: 95).encode(image)
        let resize = ImageResize(.keepRatio, size: 128)
        let made = try bytes.withUnsafeBytes { try resize.decode($0, ImageDecoder(), scratch) }
        let expected = resize.apply(try ImageDecoder().decode(bytes))
        #expect(made.width == expected.width && made != expected)
        #expect(largest(made, expected) < 24, "\(largest(made, expected))")
    }

    /// The whole file is looked at: whatever is refused when it is decoded is refused here, under the same name.
    @Test(arguments: Fixture.all) func damageIsNoticedAsByDecoding(_ fixture: Fixture) {
        var random = SeededGenerator(seed: 3)
        var decoder = ImageDecoder()
        decoder.mostPixelsAtOnce = 1
        func check(_ bytes: [UInt8], _ what: String) {
            func code(_ work: () throws(DecodeError) -> Void) -> DecodeError.Code? {
                do throws(DecodeError) { try work() } catch { return error.code }
                return nil
            }
            let decoded = code { () throws(DecodeError) in _ = try decoder.decode(bytes) }
            let hashed = code { () throws(DecodeError) in
                _ = try decoder.perceptualHash(of: bytes, scratch: scratch)
            }
            #expect(decoded == hashed, "\(what)")
        }
        for length in 0..<fixture.bytes.count { check(Array(fixture.bytes[..<length]), "cut at \(length)") }
        for round in 0..<400 {
            var bytes = fixture.bytes
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            check(bytes, "damage \(round)")
        }
    }

    /// Large JPEGs are decoded at an eighth, which must notice as much: scans of all kinds, cut and damaged.
    @Test(arguments: [Fixture.baselineJPEG, .progressiveJPEG, .greyJPEG, .cmykJPEG])
    func damageIsNoticedAtAnEighth(_ fixture: Fixture) throws {
        var random = SeededGenerator(seed: 4)
        func outcomes(_ bytes: [UInt8]) -> [DecodeError.Code?] {
            [1, 2, 4, 8].map { denominator in
                do throws(DecodeError) {
                    try decode(bytes, reducedBy: denominator)
                    return nil
                } catch { return error.code }
            }
        }
        for round in 0..<1_200 {
            var bytes = fixture.bytes
            if round % 2 == 0 {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            } else {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            #expect(Set(outcomes(bytes)).count == 1, "\(round): \(outcomes(bytes))")
        }
    }

    private func decode(_ bytes: [UInt8], reducedBy denominator: Int) throws(DecodeError) {
        try bytes.withRaw { raw throws(DecodeError) in
            let stream = try JPEGStream(
                raw, limits: DecodeLimits(maxPixels: 1_000_000), acceptsDamaged: false)
            try stream.header.check(DecodeLimits(maxPixels: 1_000_000))
            let size = stream.reduce(by: denominator)
            var pixels = [UInt8](repeating: 0, count: 3 * size.width * size.height)
            _ = try stream.start(columns: 0..<size.width, fromRow: 0)
            let failure = pixels.withUnsafeMutableBufferPointer { buffer -> DecodeError? in
                guard let base = buffer.baseAddress else { return nil }
                do throws(DecodeError) {
                    try stream.readRows(size.height, into: base, stride: 3 * size.width)
                    return nil
                } catch { return error }
            }
            if let failure { throw failure }
        }
    }
}
