import Decode

// Any bytes at all go down every road. Built and run by scripts/fuzz-decode.

private let limits = DecodeLimits(maxPixels: 300_000, maxCodecBytes: 64 << 20, maxScans: 20)
private let transform = ImageTransform(size: 24, crop: .random)

/// One input of libFuzzer; always 0.
@_cdecl("LLVMFuzzerTestOneInput")
public func decodeFuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let given = UnsafeRawBufferPointer(start: start, count: count)
    if ImageDecoder.sniff(given) == .png {
        // A changed byte would end at its chunk's checksum: mend those, so that what lies behind is reached too.
        mendChecksums(Array(given)).withUnsafeBytes { decodeEveryWay($0) }
    }
    decodeEveryWay(given)
    return 0
}

private func decodeEveryWay(_ bytes: UnsafeRawBufferPointer) {
    // The last byte chooses options, so that the corpus covers them.
    let choice = bytes.last ?? 0
    let decoder = ImageDecoder(
        limits: limits, acceptsDamaged: choice & 1 == 1,
        reduction: choice & 2 == 2 ? .keeping(factor: 1) : .none)
    _ = try? decoder.info(bytes)
    if let image = try? decoder.decode(bytes) {
        precondition(image.pixels.count == image.width * image.height * 3)
        if choice & 4 == 4 { _ = PerceptualHash(of: image) }
    }
    crop(bytes, decoder, position: (Double(choice) / 256, Double(choice & 15) / 16))
}

private func crop(_ bytes: UnsafeRawBufferPointer, _ decoder: ImageDecoder, position: (x: Double, y: Double))
{
    withUnsafeTemporaryAllocation(of: Float.self, capacity: transform.outputCount) { planes in
        try? decoder.decode(
            bytes, transform: transform, position: position, into: planes, scratch: DecodeScratch())
    }
}

/// A PNG with the right checksum behind every whole chunk.
private func mendChecksums(_ png: [UInt8]) -> [UInt8] {
    var png = png
    var at = 8
    while at + 12 <= png.count {
        let length = png[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
        let end = at + 8 + length
        guard end + 4 <= png.count else { break }
        let sum = checksum(png[at + 4..<end])
        for place in 0..<4 { png[end + place] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * place)) }
        at = end + 4
    }
    return png
}

private let checksums: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
}

/// PNG's CRC-32 (ISO/IEC 15948, annex D).
private func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { checksums[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
}
