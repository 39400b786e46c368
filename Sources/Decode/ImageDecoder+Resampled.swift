extension ImageDecoder {
    /// Decodes a picture straight to another size, without having it in memory as a whole where its format allows.
    ///
    /// The whole file is decoded, so damage anywhere in it is noticed. A JPEG may be decoded at 1/2, 1/4 or 1/8
    /// while its short side stays at least `least` pixels.
    ///
    /// - Parameter frame: what a picture of a displayed size becomes.
    func resampled(
        _ bytes: UnsafeRawBufferPointer, keeping least: Int, scratch: DecodeScratch,
        to frame: (ImageInfo) -> ResamplingFrame
    ) throws(DecodeError) -> RGBImage {
        switch try format(of: bytes) {
        case .jpeg:
            let stream = try open(JPEGStream.self, bytes)
            let frame = frame(stream.header.info)
            let small = JPEGReduction.denominator(
                source: min(stream.header.width, stream.header.height), least: least)
            return try stream.header.orientation == .upright
                ? byRows(stream, reducedBy: small, to: frame, scratch)
                : whole(stream, reducedBy: small).resampled(frame, scratch)
        case .png:
            let stream = try open(PNGStream.self, bytes)
            let frame = frame(stream.header.info)
            let isLarge = stream.header.pixelCount > mostPixelsAtOnce
            return try isLarge && !stream.isInterlaced && stream.header.orientation == .upright
                ? byRows(stream, to: frame, scratch) : decode(stream).resampled(frame, scratch)
        case .webp: return try whole(open(WebPStream.self, bytes), to: frame, scratch)
        case .gif: return try whole(open(GIFStream.self, bytes), to: frame, scratch)
        }
    }

    private func whole<Stream: PictureStream & ~Copyable>(
        _ stream: consuming Stream, to frame: (ImageInfo) -> ResamplingFrame, _ scratch: DecodeScratch
    ) throws(DecodeError) -> RGBImage {
        let frame = frame(stream.header.info)
        return try decode(stream).resampled(frame, scratch)
    }

    private func whole(
        _ stream: consuming JPEGStream, reducedBy denominator: Int
    ) throws(DecodeError) -> RGBImage {
        let header = stream.header
        let size = stream.reduce(by: denominator)
        let image = try RGBImage.decoded(width: size.width, height: size.height) {
            pixels throws(DecodeError) in
            _ = try stream.start(columns: 0..<size.width, fromRow: 0)
            try stream.readRows(size.height, into: pixels, stride: 3 * size.width)
        }
        return header.orientation.apply(image)
    }

    private func byRows(
        _ stream: consuming JPEGStream, reducedBy denominator: Int, to frame: ResamplingFrame,
        _ scratch: DecodeScratch
    ) throws(DecodeError) -> RGBImage {
        let size = stream.reduce(by: denominator)
        let stride = 3 * size.width
        _ = try stream.start(columns: 0..<size.width, fromRow: 0)
        return try strips(size, stride: stride, to: frame, scratch) { count, pixels throws(DecodeError) in
            try stream.readRows(count, into: pixels, stride: stride)
        }
    }

    private func byRows(
        _ stream: consuming PNGStream, to frame: ResamplingFrame, _ scratch: DecodeScratch
    ) throws(DecodeError) -> RGBImage {
        let header = stream.header
        try stream.startRows()
        return try strips(
            (header.width, header.height), stride: header.channels * header.width, to: frame, scratch
        ) { count, pixels throws(DecodeError) in
            try stream.readRows(count, into: pixels)
            if header.channels == 4 { flattenOnWhite(pixels, count: count * header.width) }
        }
    }

    /// Resamples rows as `read` gives them, a few at a time while they are in cache: RGB packed, in a strip that has
    /// room for `stride` bytes a row.
    private func strips(
        _ size: (width: Int, height: Int), stride: Int, to frame: ResamplingFrame, _ scratch: DecodeScratch,
        read: (Int, UnsafeMutablePointer<UInt8>) throws(DecodeError) -> Void
    ) throws(DecodeError) -> RGBImage {
        let resampling = Resampling(frame, width: size.width, height: size.height, scratch)
        let strip = scratch.bytes(16 * stride)
        guard let base = strip.baseAddress else { throw DecodeError(.outOfMemory, nil) }
        let stretches = [
            0..<resampling.rows.lowerBound, resampling.rows, resampling.rows.upperBound..<size.height,
        ]
        for stretch in stretches {
            for row in Swift.stride(from: stretch.lowerBound, to: stretch.upperBound, by: 16) {
                let count = min(16, stretch.upperBound - row)
                try read(count, base)
                if stretch == resampling.rows {
                    resampling.push(UnsafeBufferPointer(strip), stride: 3 * size.width, count: count)
                }
            }
        }
        return resampling.finish()
    }
}
