import Decode
import Testing

@Suite("Limits")
struct LimitTests {
    @Test("More pixels, a longer side or more bytes than allowed are refused", arguments: Fixture.all)
    func limits(_ fixture: Fixture) throws {
        let pixels = fixture.width * fixture.height
        let sufficient = DecodeLimits(
            maxBytes: fixture.bytes.count, maxPixels: pixels, maxDimension: max(fixture.width, fixture.height)
        )
        _ = try ImageDecoder(limits: sufficient).decode(fixture.bytes)
        var fewer = sufficient
        fewer.maxPixels -= 1
        var shorter = sufficient
        shorter.maxDimension -= 1
        var smaller = sufficient
        smaller.maxBytes -= 1
        for (limits, code) in [
            (fewer, DecodeError.Code.tooManyPixels), (shorter, .tooManyPixels), (smaller, .tooManyBytes),
        ] {
            expect(code, limits, fixture.bytes)
        }
    }

    @Test(
        "A header that announces gigapixels costs nothing",
        arguments: [
            (Fixture.palettePNG, 16, [0x7F, 0xFF, 0xFF, 0xFF]), (.animatedGIF, 6, [0xFF, 0xFF, 0xFF, 0xFF]),
        ] as [(Fixture, Int, [UInt8])])
    func bomb(_ fixture: Fixture, _ offset: Int, _ patch: [UInt8]) {
        var bytes = fixture.bytes
        bytes.replaceSubrange(offset..<offset + patch.count, with: patch)
        if fixture.format == .png { bytes.replaceSubrange(29..<33, with: PNGWriter.crc32(bytes[12..<29])) }
        expect(.tooManyPixels, .standard, bytes)
    }

    @Test("A progressive JPEG of endless scans is refused")
    func scans() throws {
        let bytes = Fixture.progressiveJPEG.bytes
        let marks = (0..<bytes.count - 1).filter { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA }
        let last = try #require(marks.last)
        let scan = bytes[last..<bytes.count - 2]
        let repeated = Array(bytes[..<last]) + (0..<200).flatMap { _ in scan } + [0xFF, 0xD9]
        expect(.tooManyScans, .standard, repeated)
        expect(.tooManyScans, DecodeLimits(maxScans: marks.count - 1), bytes)
        _ = try ImageDecoder(limits: DecodeLimits(maxScans: marks.count)).decode(bytes)
    }

    @Test("A codec that wants more memory than allowed is refused")
    func memory() throws {
        var bytes = Fixture.progressiveJPEG.bytes
        let frame = try #require((0..<bytes.count - 1).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC2 })
        // 60,000 rows of 53 pixels: about nine megabytes of coefficients.
        bytes.replaceSubrange(frame + 5..<frame + 7, with: [0xEA, 0x60])
        expect(.outOfMemory, DecodeLimits(maxCodecBytes: 1 << 20), bytes)
        expect(.truncated, .standard, Array(bytes.dropLast(2)))
    }

    @Test("An error says what is wrong in one line and names the remedy's number")
    func description() {
        let decoder = ImageDecoder(limits: DecodeLimits(maxPixels: 100))
        #expect { try decoder.decode(Fixture.alphaPNG.bytes) } throws: {
            let text = String(describing: $0)
            return text.contains("20 × 12") && text.contains("100") && !text.contains("\n")
        }
    }

    private func expect(_ code: DecodeError.Code, _ limits: DecodeLimits, _ bytes: [UInt8]) {
        let decoder = ImageDecoder(limits: limits)
        #expect { try decoder.decode(bytes) } throws: { ($0 as? DecodeError)?.code == code }
    }
}
