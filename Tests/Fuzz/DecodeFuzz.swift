import Decode

// The fuzzer's entry point (libFuzzer): any bytes at all go down every road. Built by scripts/fuzz-decode.

private let limits = DecodeLimits(maxPixels: 300_000, maxCodecBytes: 64 << 20, maxScans: 20)
private let transform = ImageTransform(size: 24, crop: .random)

@_cdecl("LLVMFuzzerTestOneInput")
public func decodeFuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    // The last byte chooses options, so that the corpus covers them.
    let choice = bytes.last ?? 0
    let decoder = ImageDecoder(
        limits: limits, acceptsDamaged: choice & 1 == 1, reduction: choice & 2 == 2 ? .keeping(factor: 1) : .none)
    _ = try? decoder.info(bytes)
    if let image = try? decoder.decode(bytes) {
        precondition(image.pixels.count == image.width * image.height * 3)
        if choice & 4 == 4 { _ = PerceptualHash(of: image) }
    }
    crop(bytes, decoder, position: (Double(choice) / 256, Double(choice & 15) / 16))
    return 0
}

private func crop(_ bytes: UnsafeRawBufferPointer, _ decoder: ImageDecoder, position: (x: Double, y: Double)) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: transform.outputCount) { planes in
        try? decoder.decode(
            bytes, transform: transform, position: position, into: planes, scratch: DecodeScratch())
    }
}
