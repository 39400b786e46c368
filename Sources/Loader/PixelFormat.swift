internal import Decode

/// How pictures are written.
public enum PixelFormat: String, Sendable, CaseIterable, Codable {
    /// Normalised, 4 bytes a value (numpy `<f4`).
    case float32
    /// Normalised, the upper half of a float, rounded to nearest even; numpy has no name for it, so `<u2`.
    case bfloat16
    /// Red, green and blue from 0 to 255 before normalisation (numpy `|u1`): a quarter of the bytes, nothing lost.
    case uint8

    /// The type's name in a `.npy` header.
    var numpyType: String {
        switch self {
        case .float32: "<f4"
        case .bfloat16: "<u2"
        case .uint8: "|u1"
        }
    }

    /// Calls `body` with the bytes of a batch's pictures in this format.
    func withBytes<Value>(
        of batch: Batch, _ body: (UnsafeRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        switch self {
        case .float32: try batch.images.withUnsafeBytes(body)
        case .bfloat16: try ContiguousArray(batch.images.map(Self.bfloat16)).withUnsafeBytes(body)
        case .uint8: try Self.levels(batch).withUnsafeBytes(body)
        }
    }

    private static func bfloat16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }

    /// Undoes CLIP's normalisation; rounding gives back the very bytes that were normalised.
    private static func levels(_ batch: Batch) -> ContiguousArray<UInt8> {
        let plane = batch.imageSize * batch.imageSize
        return ContiguousArray(unsafeUninitializedCapacity: batch.images.count) { levels, filled in
            batch.images.withUnsafeBufferPointer { values in
                for start in stride(from: 0, to: values.count, by: plane) {
                    let channel = start / plane % 3
                    let scale = 255 * ImageTransform.clipStandardDeviation[channel]
                    // Half a level more, since the conversion cuts.
                    let bias = 255 * ImageTransform.clipMean[channel] + 0.5
                    for index in start..<start + plane {
                        levels[index] = UInt8(max(0, min(255, values[index] * scale + bias)))
                    }
                }
            }
            filled = batch.images.count
        }
    }
}
