/// Brings pictures to a size in one of img2dataset's ways, under its names (its README, `resize_mode`).
///
/// The side that is brought to the size has exactly it; the other keeps the shape, rounded to the nearest pixel.
/// Resampling is Pillow's bicubic with antialiasing.
public struct ImageResize: Sendable, Hashable {
    /// Which side is brought to the size, and what becomes of the shape.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// The short side; the shape is kept.
        case keepRatio = "keep_ratio"
        /// The long side; the shape is kept.
        case keepRatioLargest = "keep_ratio_largest"
        /// The short side; then the square in the middle is cut out.
        case centerCrop = "center_crop"
        /// The long side; then white bars make it a square, the picture in the middle.
        case border
    }

    /// Which side is brought to the size.
    public let mode: Mode
    /// The size, in pixels.
    public let size: Int
    /// Whether a picture whose side is no longer than the size stays as it is.
    public let onlyIfBigger: Bool

    /// Describes a resize; `size` is positive.
    public init(_ mode: Mode, size: Int, onlyIfBigger: Bool = false) {
        precondition(size > 0, "a picture has a size")
        (self.mode, self.size, self.onlyIfBigger) = (mode, size, onlyIfBigger)
    }

    /// Whether a picture of a size stays as it is.
    public func keeps(width: Int, height: Int) -> Bool {
        let side = side(width, height)
        if onlyIfBigger { return side <= size }
        return side == size && (width == height || mode == .keepRatio || mode == .keepRatioLargest)
    }

    /// The picture at its new size.
    public func apply(_ image: RGBImage, scratch: DecodeScratch = DecodeScratch()) -> RGBImage {
        if keeps(width: image.width, height: image.height) { return image }
        return finish(image.resampled(frame(width: image.width, height: image.height), scratch))
    }

    /// The same of a file, decoded at no more than what the new size needs: a JPEG at 1/2, 1/4 or 1/8 while what is
    /// left of its short side is at least twice what it becomes.
    func decode(
        _ bytes: UnsafeRawBufferPointer, _ decoder: ImageDecoder, _ scratch: DecodeScratch
    ) throws(DecodeError) -> RGBImage {
        let info = try decoder.info(bytes)
        if keeps(width: info.width, height: info.height) { return try decoder.decode(bytes) }
        let frame = frame(width: info.width, height: info.height)
        let least = 2 * min(frame.x.whole, frame.y.whole)
        return finish(try decoder.resampled(bytes, keeping: least, scratch: scratch) { _ in frame })
    }

    /// What a picture of a size is resampled to.
    private func frame(width: Int, height: Int) -> ResamplingFrame {
        let (width, height) = whole(width, height)
        if mode != .centerCrop { return ResamplingFrame(width: width, height: height) }
        return ResamplingFrame(.init(middleOf: width, size), .init(middleOf: height, size))
    }

    private func finish(_ image: RGBImage) -> RGBImage { mode == .border ? image.padded(to: size) : image }

    private func side(_ width: Int, _ height: Int) -> Int {
        switch mode {
        case .keepRatio, .centerCrop: min(width, height)
        case .keepRatioLargest, .border: max(width, height)
        }
    }

    /// The whole picture's size before anything is cut off or put around it.
    private func whole(_ width: Int, _ height: Int) -> (width: Int, height: Int) {
        let side = side(width, height)
        func length(_ old: Int) -> Int { max(1, Int((Double(old * size) / Double(side)).rounded())) }
        return (length(width), length(height))
    }
}

extension RGBImage {
    /// The picture in the middle of a white square.
    fileprivate func padded(to size: Int) -> RGBImage {
        var out = ContiguousArray<UInt8>(repeating: 255, count: 3 * size * size)
        let (left, top) = ((size - width) / 2, (size - height) / 2)
        for row in 0..<height {
            let start = 3 * ((top + row) * size + left)
            out.replaceSubrange(
                start..<(start + 3 * width), with: pixels[(3 * row * width)..<(3 * (row + 1) * width)])
        }
        return RGBImage(width: size, height: size, pixels: out)
    }
}
