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
    func resampled(_ frame: ResamplingFrame, _ scratch: DecodeScratch) -> RGBImage {
        let resampling = Resampling(frame, width: width, height: height, scratch)
        let stride = 3 * width
        pixels.withUnsafeBufferPointer { pixels in
            let wanted = pixels[(resampling.rows.lowerBound * stride)...]
            resampling.push(
                UnsafeBufferPointer(rebasing: wanted), stride: stride, count: resampling.rows.count)
        }
        return resampling.finish()
    }
}
