internal import CResize

extension RGBImage {
    /// The picture with a short side of `size` pixels and its shape kept, as Pillow's bicubic `resize` makes it; one
    /// that is no larger stays as it is.
    public func resized(shortSide size: Int, scratch: DecodeScratch = DecodeScratch()) -> RGBImage {
        precondition(size > 0, "a picture has a size")
        let short = min(width, height)
        guard short > size else { return self }
        func length(_ side: Int) -> Int { max(1, Int((Double(side * size) / Double(short)).rounded())) }
        let (newWidth, newHeight) = (length(width), length(height))
        let resizer = scratch.resizer
        let x = cresize_axis(
            source: UInt32(width), whole: UInt32(newWidth), offset: 0, window: UInt32(newWidth))
        let y = cresize_axis(
            source: UInt32(height), whole: UInt32(newHeight), offset: 0, window: UInt32(newHeight))
        // The buffers are a few rows long whatever the picture: without them nothing else would run either.
        guard cresize_begin(resizer, x, y) == 0 else { fatalError("out of memory") }
        let count = newWidth * newHeight
        var planes = [Float](repeating: 0, count: 3 * count)
        var output = cresize_output(scale: (1, 1, 1), bias: (0, 0, 0))
        pixels.withUnsafeBufferPointer { pixels in
            guard let start = pixels.baseAddress else { return }
            cresize_push(resizer, start, width * 3, UInt32(height), start + pixels.count, &output, &planes)
        }
        let samples = ContiguousArray<UInt8>(unsafeUninitializedCapacity: 3 * count) { buffer, initialised in
            for pixel in 0..<count {
                for channel in 0..<3 { buffer[3 * pixel + channel] = UInt8(planes[channel * count + pixel]) }
            }
            initialised = 3 * count
        }
        return RGBImage(width: newWidth, height: newHeight, pixels: samples)
    }
}
