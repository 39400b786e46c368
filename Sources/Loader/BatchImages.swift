public import Decode

/// The pictures of a batch: contiguous N × 3 × S × S values of one format. Copies share their memory.
public struct BatchImages: Sendable {
    /// How values are stored.
    public let format: PixelFormat
    /// Values in all.
    public let count: Int
    private let memory: PictureMemory

    /// Wraps float32 values.
    public init(_ values: ContiguousArray<Float>) {
        self = values.withUnsafeBytes {
            BatchImages(.float32, count: values.count, in: PictureMemory(copying: $0))
        }
    }

    /// The first `count` values that lie in `memory`.
    init(_ format: PixelFormat, count: Int, in memory: PictureMemory) {
        precondition(memory.bytes.count >= count * format.bytesPerValue, "room for every value")
        self.format = format
        self.count = count
        self.memory = memory
    }

    /// Calls `body` with all bytes, which must not be used after it returns.
    public func withUnsafeBytes<Value>(
        _ body: (UnsafeRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        defer { withExtendedLifetime(memory) {} }
        return try body(UnsafeRawBufferPointer(rebasing: memory.bytes[..<(count * format.bytesPerValue)]))
    }
}

extension BatchImages: Equatable {
    /// Whether two batches have the same format and bytes.
    public static func == (first: BatchImages, second: BatchImages) -> Bool {
        guard first.format == second.format else { return false }
        return first.withUnsafeBytes { one in second.withUnsafeBytes { one.elementsEqual($0) } }
    }
}
