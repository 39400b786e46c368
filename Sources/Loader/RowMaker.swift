internal import Decode
internal import Digest
internal import Tokenizer

/// Makes one row of a batch: reads, decodes, resizes and tokenises a sample. Used from many threads at once.
struct RowMaker: Sendable {
    /// Everything of a row but its picture, which is written in place.
    struct Row {
        var key: String
        var tokens: [Int32] = []
        var length: Int32 = 0
        var encoded: EncodedPair?
        var bytes: Int
    }

    private let reader: SampleReader
    private let decoder: ImageDecoder
    private let transform: ImageTransform
    private let captions: CaptionMaker
    private let tokenizer: CLIPTokenizer?
    private let contextLength: Int
    private let seed: UInt64
    private let content: LoaderConfiguration.Content
    private let pixels: PixelFormat

    init(_ configuration: LoaderConfiguration, files: ShardFiles, tokenizer: CLIPTokenizer?) {
        reader = SampleReader(files: files, wanted: SampleMembers(configuration))
        captions = CaptionMaker(configuration)
        decoder = ImageDecoder(limits: configuration.limits, reduction: configuration.reduction)
        transform = ImageTransform(size: configuration.imageSize, crop: configuration.crop)
        self.tokenizer = tokenizer
        contextLength = configuration.contextLength
        seed = configuration.seed
        content = configuration.content
        pixels = configuration.pixels
    }

    /// Makes a row; a picture fills `image` (3 × size × size values). Each thread has a scratch of its own.
    func make(
        _ sample: SampleIndex.Sample, pass: Int, image: UnsafeMutableRawBufferPointer,
        scratch: DecodeScratch
    ) -> Result<Row, SkipReason> {
        let pair: SampleReader.Pair
        switch reader.read(sample) {
        case .success(let read): pair = read
        case .failure(let reason): return .failure(reason)
        }
        var row = Row(key: pair.key, bytes: pair.bytes)
        if content == .bytes {
            row.encoded = EncodedPair(image: pair.image, text: pair.text)
            return .success(row)
        }
        if content == .pairs {
            let position = cropPosition(pair.key, pass: pass)
            let failure = pair.image.withUnsafeBytes { bytes -> DecodeError? in
                do throws(DecodeError) {
                    try decoder.decode(
                        bytes, transform: transform, position: position, as: pixels, into: image,
                        scratch: scratch)
                    return nil
                } catch { return error }
            }
            if let failure { return .failure(SkipReason(failure.code.rawValue)) }
        }
        guard let caption = captions.caption(of: pair, pass: pass) else {
            return .failure(SkipReason("no_text"))
        }
        tokenise(caption, into: &row)
        return .success(row)
    }

    private func tokenise(_ caption: String, into row: inout Row) {
        guard let tokenizer else { return }
        row.tokens = [Int32](unsafeUninitializedCapacity: contextLength) { buffer, filled in
            row.length = Int32(tokenizer.row(caption, contextLength: contextLength, into: buffer))
            filled = contextLength
        }
    }

    /// Where the square lies in the resized picture (0..<1 each way): a pure function of seed, pass and key.
    func cropPosition(_ key: String, pass: Int) -> (x: Double, y: Double) {
        var generator = OrderGenerator(seed, UInt64(pass), SHA256Digest(ofUTF8: key).firstWord)
        let draw = { (generator: inout OrderGenerator) in Double(generator.next() >> 11) * 0x1p-53 }
        return (draw(&generator), draw(&generator))
    }
}
