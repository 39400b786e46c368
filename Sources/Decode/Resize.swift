internal import CResize

/// One picture on its way through the resizer, whose buffers live in the scratch.
struct Resize {
    /// Source columns and rows that must be pushed.
    let columns, rows: Range<Int>
    private let resizer: OpaquePointer
    private let outputCount: Int

    /// Starts a picture.
    init(_ window: ImageTransform.Window, sourceWidth: Int, sourceHeight: Int, _ scratch: DecodeScratch) {
        let x = cresize_axis(
            source: UInt32(sourceWidth), whole: UInt32(window.width), offset: UInt32(window.left),
            window: UInt32(window.side))
        let y = cresize_axis(
            source: UInt32(sourceHeight), whole: UInt32(window.height), offset: UInt32(window.top),
            window: UInt32(window.side))
        resizer = scratch.resizer
        outputCount = 3 * window.side * window.side
        (columns, rows) = scratch.begin(x, y)
    }

    /// Gives the next `count` rows, a multiple of 8 until the last: RGB from the first wanted column on.
    func push(
        _ pixels: UnsafeBufferPointer<UInt8>, stride: Int, count: Int, output: cresize_output,
        into planes: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(planes.count == outputCount, "a picture becomes 3 × size × size floats")
        guard let start = pixels.baseAddress, let into = planes.baseAddress else { return }
        withUnsafePointer(to: output) {
            cresize_push(resizer, start, stride, UInt32(count), start + pixels.count, $0, into)
        }
    }
}
