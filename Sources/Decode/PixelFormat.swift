internal import CResize

/// How a model's input is stored.
public enum PixelFormat: String, Sendable, CaseIterable, Codable {
    /// Normalised, IEEE 754 single precision.
    case float32
    /// Normalised, IEEE 754 half precision, rounded to nearest even.
    case float16
    /// Normalised, the upper half of a single, rounded to nearest even.
    case bfloat16
    /// Red, green and blue from 0 to 255 before normalisation: a quarter of the bytes, nothing lost.
    case uint8

    /// Bytes of one value.
    public var bytesPerValue: Int {
        switch self {
        case .float32: 4
        case .float16, .bfloat16: 2
        case .uint8: 1
        }
    }

    /// Writes floats in this format; `bytes` has room for all of them.
    func store(_ planes: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer) {
        precondition(bytes.count >= planes.count * bytesPerValue, "room for every value")
        guard let from = planes.baseAddress, let into = bytes.baseAddress else { return }
        switch self {
        case .float32: into.copyMemory(from: from, byteCount: planes.count * bytesPerValue)
        case .float16: cresize_narrow(from, planes.count, CRESIZE_FLOAT16, into)
        case .bfloat16: cresize_narrow(from, planes.count, CRESIZE_BFLOAT16, into)
        case .uint8: cresize_narrow(from, planes.count, CRESIZE_UINT8, into)
        }
    }
}
