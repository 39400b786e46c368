extension ImageDecoder {
    /// Decodes a picture straight into a model's input: `decode` followed by `ImageTransform.apply`, with only
    /// the work that the crop needs and no picture in between.
    ///
    /// A file that is damaged beyond the last row the crop needs is not noticed here.
    public func decode(
        _ bytes: UnsafeRawBufferPointer, transform: ImageTransform, position: (x: Double, y: Double) = (0, 0),
        into planes: UnsafeMutableBufferPointer<Float>, scratch: DecodeScratch
    ) throws(DecodeError) {
        let job = TransformJob(transform: transform, position: position, planes: planes, scratch: scratch)
        switch try format(of: bytes) {
        case .jpeg: try job.run(open(JPEGStream.self, bytes), reduction: reduction)
        case .png: try job.run(open(PNGStream.self, bytes))
        case .webp: try job.run(open(WebPStream.self, bytes))
        case .gif: try job.run(open(GIFStream.self, bytes))
        }
    }

    /// The same, stored as `format`; `bytes` has room for exactly `transform.outputCount` values, aligned to 4 bytes.
    public func decode(
        _ bytes: UnsafeRawBufferPointer, transform: ImageTransform, position: (x: Double, y: Double) = (0, 0),
        as format: PixelFormat, into output: UnsafeMutableRawBufferPointer, scratch: DecodeScratch
    ) throws(DecodeError) {
        if format == .float32 {
            let planes = output.assumingMemoryBound(to: Float.self)
            return try decode(
                bytes, transform: transform, position: position, into: planes, scratch: scratch)
        }
        // A picture's floats stay in the cache until they are narrowed.
        let planes = scratch.floats(transform.outputCount)
        try decode(
            bytes, transform: format == .uint8 ? transform.unnormalised : transform, position: position,
            into: planes, scratch: scratch)
        format.store(UnsafeBufferPointer(planes), into: output)
    }
}

/// Where one decoded picture goes.
private struct TransformJob {
    let transform: ImageTransform
    let position: (x: Double, y: Double)
    let planes: UnsafeMutableBufferPointer<Float>
    let scratch: DecodeScratch

    /// Decodes whole into the scratch, then resizes.
    func run<Stream: PictureStream & ~Copyable>(_ stream: consuming Stream) throws(DecodeError) {
        let header = stream.header
        let pixels = scratch.bytes(header.byteCount)
        guard let base = pixels.baseAddress else { return }
        try stream.readRGB(into: base)
        if header.orientation == .upright {
            transform.apply(
                UnsafeBufferPointer(pixels), width: header.width, height: header.height, position: position,
                into: planes, scratch)
        } else {
            let stored = RGBImage(
                width: header.width, height: header.height,
                pixels: ContiguousArray(pixels[..<(header.pixelCount * 3)]))
            transform.apply(
                header.orientation.apply(stored), position: position, into: planes, scratch: scratch)
        }
    }

    /// Decodes only the rows and columns that the crop needs, a strip at a time, while they are in cache.
    func run(_ stream: consuming JPEGStream, reduction: JPEGReduction) throws(DecodeError) {
        let header = stream.header
        guard header.orientation == .upright else { return try run(stream) }
        let window = transform.window(width: header.width, height: header.height, position: position)
        let source = stream.reduce(
            by: reduction.denominator(source: min(header.width, header.height), target: transform.size))
        let resize = Resize(window, sourceWidth: source.width, sourceHeight: source.height, scratch)
        let columns = try stream.start(columns: resize.columns, fromRow: resize.rows.lowerBound)
        let stride = columns.count * 3
        let stripRows = 16
        let strip = scratch.bytes(stride * stripRows)
        let skipped = (resize.columns.lowerBound - columns.lowerBound) * 3
        for row in Swift.stride(from: 0, to: resize.rows.count, by: stripRows) {
            let count = min(stripRows, resize.rows.count - row)
            guard let base = strip.baseAddress else { return }
            try stream.readRows(count, into: base, stride: stride)
            resize.push(
                UnsafeBufferPointer(rebasing: strip[skipped...]), stride: stride, count: count,
                output: transform.output, into: planes)
        }
    }
}
