internal import Decode
internal import Digest

/// A picture that was looked at and is good enough to keep, as it will be stored.
struct InspectedImage: Sendable {
    let bytes: [UInt8]
    let sha256: SHA256Digest
    let format: ImageFormat
    let width: Int
    let height: Int
    /// Nil where only the header was read.
    let phash: PerceptualHash?
}

/// Looks at a picture's bytes once: is it one, which, how large, how it looks. Makes it over if that is wished.
struct ImageInspector: Sendable {
    var filters: ImageFilters
    let excluded: Set<SHA256Digest>
    var remake: ImageRemake?
    var check = PictureCheck.whole
    private let scratches = DecodeScratchPool()

    init(
        filters: ImageFilters, excluded: Set<SHA256Digest>, remake: ImageRemake? = nil,
        check: PictureCheck = .whole
    ) {
        (self.filters, self.excluded, self.remake, self.check) = (filters, excluded, remake, check)
    }

    /// The picture, or why it is left out. The header is read first: most of what is refused is never decoded.
    func inspect(_ bytes: [UInt8]) -> Result<InspectedImage, Dropped> {
        guard bytes.count >= filters.minBytes else { return .failure(Dropped(.imageTooFewBytes)) }
        let decoder = ImageDecoder(
            limits: DecodeLimits(maxBytes: filters.maxBytes, maxPixels: filters.maxPixels))
        do throws(DecodeError) {
            let info = try decoder.info(bytes)
            if let fault = fault(info) { return .failure(Dropped(fault)) }
            let digest = SHA256Digest(of: bytes)
            if excluded.contains(digest) { return .failure(Dropped(.imageExcluded)) }
            if let remake, !remake.keeps(width: info.width, height: info.height, format: info.format) {
                // What is said of a pair's picture is said of the file in the store, so that file is looked at.
                let made = try scratches.withScratch { scratch throws(DecodeError) in
                    try remake.apply(bytes, decoder: decoder, scratch: scratch)
                }
                return inspect(stored: made.bytes)
            }
            return .success(
                InspectedImage(
                    bytes: bytes, sha256: digest, format: info.format, width: info.width, height: info.height,
                    phash: check == .header ? nil : try hash(bytes, decoder)))
        } catch {
            return .failure(Dropped(.image(error.code.rawValue)))
        }
    }

    /// The same for a picture that lies in the store as it was made over: it passed the filters before that.
    func inspect(stored bytes: [UInt8]) -> Result<InspectedImage, Dropped> {
        guard remake != nil else { return inspect(bytes) }
        var lenient = self
        lenient.remake = nil
        (lenient.filters.minSide, lenient.filters.minBytes, lenient.filters.maxAspect) = (1, 0, .infinity)
        return lenient.inspect(bytes)
    }

    private func hash(_ bytes: [UInt8], _ decoder: ImageDecoder) throws(DecodeError) -> PerceptualHash {
        try scratches.withScratch { scratch throws(DecodeError) in
            try decoder.perceptualHash(of: bytes, scratch: scratch)
        }
    }

    private func fault(_ info: ImageInfo) -> DropReason? {
        let (short, long) = (min(info.width, info.height), max(info.width, info.height))
        if short < filters.minSide { return .imageTooSmall }
        return Double(long) > filters.maxAspect * Double(short) ? .imageAspect : nil
    }
}
