import Decode
import TestSupport
import Testing

@Suite("Perceptual hash")
struct PerceptualHashTests {
    /// Soft blobs: a picture with structure at many scales.
    private func picture(seed: UInt64, width: Int, height: Int) -> RGBImage {
        var generator = SeededGenerator(seed: seed)
        let blobs = (0..<12).map { _ in
            (0..<6).map { _ in Double.random(in: 0...1, using: &generator) }
        }
        var pixels = ContiguousArray<UInt8>()
        for y in 0..<height {
            for x in 0..<width {
                var colour = [0.0, 0.0, 0.0]
                for blob in blobs {
                    let dx = Double(x) / Double(width) - blob[0]
                    let dy = Double(y) / Double(height) - blob[1]
                    let light = 1 / (1 + 60 * (dx * dx + dy * dy))
                    for channel in 0..<3 { colour[channel] += light * blob[3 + channel] * 80 }
                }
                pixels.append(contentsOf: colour.map { UInt8(min(255, $0)) })
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    @Test("The same picture at another size is near, another picture is far")
    func nearAndFar() {
        for seed in 1..<8 as Range<UInt64> {
            let hash = PerceptualHash(of: picture(seed: seed, width: 160, height: 120))
            let smaller = PerceptualHash(of: picture(seed: seed, width: 80, height: 60))
            let other = PerceptualHash(of: picture(seed: seed + 100, width: 160, height: 120))
            #expect(hash.distance(to: smaller) <= 6)
            #expect(hash.distance(to: other) >= 14)
        }
    }

    @Test("A flat picture has no set bit, whatever its colour", arguments: [0, 90, 255] as [UInt8])
    func flat(_ level: UInt8) {
        let image = RGBImage(width: 50, height: 40, pixels: ContiguousArray(repeating: level, count: 6000))
        #expect(PerceptualHash(of: image).bits == 0)
    }

    @Test("Bits never change between releases under one name")
    func golden() throws {
        #expect(PerceptualHash.algorithm == "phash-dct8x8-2")
        #expect(PerceptualHash(of: picture(seed: 1, width: 64, height: 48)).hex == "dc9d934833c76872")
    }

    /// A JPEG is looked at at a part of its size; other formats as they are.
    @Test("A file's hash is that of its pixels, or near it", arguments: 1..<8 as Range<UInt64>)
    func files(seed: UInt64) throws {
        let image = picture(seed: seed, width: 300, height: 260)
        let scratch = DecodeScratch()
        for format in ImageEncoder.Format.allCases {
            let bytes = try ImageEncoder(format).encode(image)
            let pixels = PerceptualHash(of: try ImageDecoder().decode(bytes))
            let hash = try ImageDecoder().perceptualHash(of: bytes, scratch: scratch)
            #expect(hash.distance(to: pixels) <= (format == .jpeg ? 4 : 0), "\(format)")
        }
    }

    @Test("Hexadecimal text has sixteen digits and distance counts bits")
    func text() {
        #expect(PerceptualHash(bits: 0xAB).hex == "00000000000000ab")
        #expect(PerceptualHash(bits: 0b1011).distance(to: PerceptualHash(bits: 0b0001)) == 2)
        #expect(PerceptualHash(bits: 0).distance(to: PerceptualHash(bits: .max)) == 64)
    }
}
