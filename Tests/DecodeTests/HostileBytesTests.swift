import Decode
import TestSupport
import Testing

@Suite("Hostile bytes")
struct HostileBytesTests {
    private static let damage: Set<DecodeError.Code> = [.truncated, .corrupt, .unsupported, .unknownFormat]

    @Test("A file cut anywhere is refused, or lacks only what no pixel needs", arguments: Fixture.all)
    func truncated(_ fixture: Fixture) throws {
        let whole = try ImageDecoder().decode(fixture.bytes)
        var refused = 0
        for length in 0..<fixture.bytes.count {
            do throws(DecodeError) {
                let image = try ImageDecoder().decode(Array(fixture.bytes[..<length]))
                #expect(image == whole, "cut at \(length)")
            } catch {
                refused += 1
                #expect(Self.damage.contains(error.code), "cut at \(length): \(error)")
            }
        }
        #expect(refused > fixture.bytes.count / 3)
    }

    @Test(
        "A file cut in its pixels is called truncated",
        arguments: [
            Fixture.baselineJPEG, .progressiveJPEG, .greyJPEG, .cmykJPEG, .lossyWebP, .losslessWebP,
            .palettePNG,
            .alphaPNG, .animatedGIF,
        ])
    func namedTruncated(_ fixture: Fixture) {
        let cut = Array(fixture.bytes[..<(fixture.bytes.count - 30)])
        let strict = fixture.name == "animatedGIF" ? Array(cut[..<140]) : cut
        #expect { try ImageDecoder().decode(strict) } throws: { ($0 as? DecodeError)?.code == .truncated }
    }

    @Test(
        "On demand a cut file is decoded as far as it goes",
        arguments: [
            Fixture.baselineJPEG, .lossyWebP, .palettePNG, .animatedGIF,
        ])
    func accepted(_ fixture: Fixture) throws {
        let decoder = ImageDecoder(acceptsDamaged: true)
        let whole = try decoder.decode(fixture.bytes)
        #expect(whole == (try ImageDecoder().decode(fixture.bytes)))
        let kept = fixture.name == "animatedGIF" ? 140 : fixture.bytes.count - 30
        let part = try decoder.decode(Array(fixture.bytes[..<kept]))
        #expect(part.width == whole.width && part.height == whole.height && part != whole)
    }

    @Test("Damaged bytes never trap, and fail under a known name", arguments: Fixture.all)
    func damaged(_ fixture: Fixture) {
        var generator = SeededGenerator(seed: 8)
        let limits = DecodeLimits(maxPixels: 100_000)
        let known = Self.damage.union([.tooManyPixels, .outOfMemory, .tooManyScans])
        let scratch = DecodeScratch()
        let transform = ImageTransform(size: 16, crop: .random)
        let planes = UnsafeMutableBufferPointer<Float>.allocate(capacity: transform.outputCount)
        defer { planes.deallocate() }
        for round in 0..<1500 {
            var bytes = fixture.bytes
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
                    in: 0...255, using: &generator)
            }
            let decoder = ImageDecoder(limits: limits, acceptsDamaged: round.isMultiple(of: 2))
            do throws(DecodeError) {
                let image = try decoder.decode(bytes)
                #expect(image.pixels.count == image.width * image.height * 3)
            } catch {
                #expect(known.contains(error.code), "\(error)")
            }
            bytes.withUnsafeBytes {
                try? decoder.decode(
                    $0, transform: transform, position: (0.3, 0.9), into: planes, scratch: scratch)
            }
        }
    }
}
