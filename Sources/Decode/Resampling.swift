internal import CResize

/// What a picture is resampled to: how long the whole becomes on each axis, and which part of it is wanted.
struct ResamplingFrame {
    var x, y: RGBImage.Axis

    /// All of it.
    init(width: Int, height: Int) { (x, y) = (.init(whole: width), .init(whole: height)) }

    init(_ x: RGBImage.Axis, _ y: RGBImage.Axis) { (self.x, self.y) = (x, y) }
}

/// A picture on its way to another size, as Pillow's bicubic `resize` does it; its buffers live in the scratch.
struct Resampling {
    /// Source columns and rows that must be pushed.
    let columns, rows: Range<Int>
    private let frame: ResamplingFrame
    private let scratch: DecodeScratch
    private let planes: UnsafeMutableBufferPointer<Float>

    /// Starts a picture of a size.
    init(_ frame: ResamplingFrame, width: Int, height: Int, _ scratch: DecodeScratch) {
        (self.frame, self.scratch) = (frame, scratch)
        (columns, rows) = scratch.begin(frame.x.from(width), frame.y.from(height))
        planes = scratch.floats(3 * frame.x.window * frame.y.window)
    }

    /// Gives the next `count` rows, a multiple of 8 until the last: RGB, whole rows `stride` bytes apart.
    func push(_ pixels: UnsafeBufferPointer<UInt8>, stride: Int, count: Int) {
        guard let start = pixels.baseAddress else { return }
        var output = cresize_output(scale: (1, 1, 1), bias: (0, 0, 0))
        cresize_push(
            scratch.resizer, start + 3 * columns.lowerBound, stride, UInt32(count), start + pixels.count,
            &output, planes.baseAddress)
    }

    /// The picture, once all rows were given.
    func finish() -> RGBImage {
        let count = frame.x.window * frame.y.window
        let bytes = scratch.bytes(3 * count)
        cresize_narrow(planes.baseAddress, 3 * count, CRESIZE_UINT8, bytes.baseAddress)
        return RGBImage(
            width: frame.x.window, height: frame.y.window,
            pixels: .interleaved(UnsafeBufferPointer(bytes), count))
    }
}

extension ContiguousArray<UInt8> {
    /// Pixels out of three planes of `count` samples that follow each other.
    fileprivate static func interleaved(_ planes: UnsafeBufferPointer<UInt8>, _ count: Int) -> Self {
        ContiguousArray(unsafeUninitializedCapacity: 3 * count) { buffer, initialised in
            guard let pixels = buffer.baseAddress, let red = planes.baseAddress else { return }
            let (green, blue) = (red + count, red + 2 * count)
            for place in 0..<count {
                pixels[3 * place] = red[place]
                pixels[3 * place + 1] = green[place]
                pixels[3 * place + 2] = blue[place]
            }
            initialised = 3 * count
        }
    }
}
