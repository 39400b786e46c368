internal import CResize

extension RGBImage {
    /// One axis of a resized picture: how long the whole is, and which part of it is wanted.
    struct Axis {
        let whole, offset, window: Int

        /// All of it.
        init(whole: Int) { (self.whole, offset, window) = (whole, 0, whole) }

        /// The middle; of two middles the nearer to the start.
        init(middleOf whole: Int, _ window: Int) {
            (self.whole, offset, self.window) = (whole, (whole - window) / 2, window)
        }

        func from(_ source: Int) -> cresize_axis {
            cresize_axis(
                source: UInt32(source), whole: UInt32(whole), offset: UInt32(offset), window: UInt32(window))
        }
    }

    /// A part of the picture resampled as Pillow's bicubic `resize` does it.
    func resampled(_ x: Axis, _ y: Axis, _ scratch: DecodeScratch) -> RGBImage {
        let (columns, rows) = scratch.begin(x.from(width), y.from(height))
        let count = x.window * y.window
        let planes = scratch.floats(3 * count)
        var output = cresize_output(scale: (1, 1, 1), bias: (0, 0, 0))
        pixels.withUnsafeBufferPointer { pixels in
            guard let start = pixels.baseAddress else { return }
            let first = start + 3 * (rows.lowerBound * width + columns.lowerBound)
            cresize_push(
                scratch.resizer, first, width * 3, UInt32(rows.count), start + pixels.count, &output,
                planes.baseAddress)
        }
        let bytes = scratch.bytes(3 * count)
        cresize_narrow(planes.baseAddress, 3 * count, CRESIZE_UINT8, bytes.baseAddress)
        return RGBImage(
            width: x.window, height: y.window, pixels: .interleaved(UnsafeBufferPointer(bytes), count))
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
