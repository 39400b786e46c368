import TestSupport
import Testing

@testable import Decode

@Suite("Pixel formats")
struct PixelFormatTests {
    /// What normalisation gives, and everything between; an odd count, so that the vectors leave a tail.
    private static let values: [Float] = {
        var generator = SeededGenerator(seed: 11)
        return [0, -0, 255, 254.5, 1e-7, -1e-7, 65_504, 3e-5]
            + (0..<9_995).map { _ in Float.random(in: -3...3, using: &generator) }
    }()

    @Test("Half precision is Swift's own conversion")
    func float16() {
        let stored = Self.stored(.float16, as: UInt16.self)
        #expect(stored == Self.values.map { Float16($0).bitPattern })
    }

    @Test("bfloat16 is the nearer of the two numbers around, the even one of a tie")
    func bfloat16() {
        for (stored, value) in zip(Self.stored(.bfloat16, as: UInt16.self), Self.values) {
            let low = Float(bitPattern: value.bitPattern & 0xFFFF_0000)
            let high = Float(bitPattern: (value.bitPattern & 0xFFFF_0000) + 0x1_0000)
            let read = Float(bitPattern: UInt32(stored) << 16)
            #expect(read == low || read == high)
            #expect(abs(read - value) <= min(abs(low - value), abs(high - value)))
        }
        #expect(Self.stored(.bfloat16, [Float(bitPattern: 0x3F80_8000)], as: UInt16.self) == [0x3F80])
        #expect(Self.stored(.bfloat16, [Float(bitPattern: 0x3F81_8000)], as: UInt16.self) == [0x3F82])
    }

    @Test("Bytes are the levels before normalisation, whatever the picture")
    func levels() throws {
        for fixture in [Fixture.baselineJPEG, .palettePNG, .lossyWebP] {
            let transform = ImageTransform(size: 13, crop: .centre)
            let floats = try Self.crop(fixture, transform, .float32, as: Float.self)
            let levels = try Self.crop(fixture, transform, .uint8, as: UInt8.self)
            let expected = floats.enumerated().map { index, value in
                let channel = index / (13 * 13)
                let level =
                    value * ImageTransform.clipStandardDeviation[channel] + ImageTransform.clipMean[channel]
                return UInt8((level * 255).rounded())
            }
            #expect(levels == expected)
            #expect(Set(levels).count > 5)
        }
    }

    @Test("Narrow crops are the narrowed floats", arguments: [PixelFormat.float16, .bfloat16])
    func narrow(format: PixelFormat) throws {
        let transform = ImageTransform(size: 13, crop: .centre)
        let floats = try Self.crop(.baselineJPEG, transform, .float32, as: Float.self)
        let narrow = try Self.crop(.baselineJPEG, transform, format, as: UInt16.self)
        #expect(narrow == Self.stored(format, floats, as: UInt16.self))
    }

    private static func stored<Value: BitwiseCopyable>(
        _ format: PixelFormat, _ values: [Float] = values, as type: Value.Type
    ) -> [Value] {
        var bytes = [UInt8](repeating: 0, count: values.count * format.bytesPerValue)
        values.withUnsafeBufferPointer { values in
            bytes.withUnsafeMutableBytes { format.store(values, into: $0) }
        }
        return bytes.withUnsafeBytes { Array($0.bindMemory(to: type)) }
    }

    private static func crop<Value: BitwiseCopyable>(
        _ fixture: Fixture, _ transform: ImageTransform, _ format: PixelFormat, as type: Value.Type
    ) throws -> [Value] {
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: transform.outputCount * format.bytesPerValue, alignment: 4)
        defer { bytes.deallocate() }
        try fixture.bytes.withUnsafeBytes {
            try ImageDecoder().decode(
                $0, transform: transform, as: format, into: bytes, scratch: DecodeScratch())
        }
        return Array(bytes.bindMemory(to: type))
    }
}
