/// Writes PNGs with any row filters and any cutting into chunks, uncompressed (ISO/IEC 15948; RFC 1950, 1951).
struct PNGWriter {
    /// IHDR's colour types of 8 bits a sample.
    enum Colour: UInt8, CaseIterable {
        case grey = 0
        case rgb = 2
        case palette = 3
        case greyAlpha = 4
        case rgba = 6

        /// Bytes of a pixel.
        var step: Int {
            switch self {
            case .grey, .palette: 1
            case .greyAlpha: 2
            case .rgb: 3
            case .rgba: 4
            }
        }
    }

    var colour: Colour
    var width: Int
    /// Rows of `width * colour.step` samples.
    var rows: [[UInt8]]
    /// The filter of each row, 0...4.
    var filters: [UInt8]
    var palette: [UInt8] = []
    var paletteAlpha: [UInt8] = []
    /// Bytes of compressed data in a chunk.
    var chunkSize = Int.max

    /// The whole file.
    var bytes: [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        file += chunk("IHDR", big(width) + big(rows.count) + [8, colour.rawValue, 0, 0, 0])
        if !palette.isEmpty { file += chunk("PLTE", palette) }
        if !paletteAlpha.isEmpty { file += chunk("tRNS", paletteAlpha) }
        let data = stored(filtered)
        for start in stride(from: 0, to: data.count, by: min(chunkSize, data.count)) {
            file += chunk("IDAT", Array(data[start..<min(data.count, start + min(chunkSize, data.count))]))
        }
        return file + chunk("IEND", [])
    }

    /// Every row after its filter's number.
    private var filtered: [UInt8] {
        var above = [UInt8](repeating: 0, count: width * colour.step)
        return zip(rows, filters).flatMap { row, filter in
            defer { above = row }
            return [filter] + row.indices.map { row[$0] &- guess(filter, row, above, $0) }
        }
    }

    private func guess(_ filter: UInt8, _ row: [UInt8], _ above: [UInt8], _ index: Int) -> UInt8 {
        let a = index < colour.step ? 0 : Int(row[index - colour.step])
        let b = Int(above[index])
        let c = index < colour.step ? 0 : Int(above[index - colour.step])
        switch filter {
        case 1: return UInt8(a)
        case 2: return UInt8(b)
        case 3: return UInt8((a + b) / 2)
        case 4:
            let p = a + b - c
            // The nearest of the three; the earlier one where two are as near.
            return UInt8([a, b, c].min { abs(p - $0) < abs(p - $1) } ?? 0)
        default: return 0
        }
    }

    /// A zlib stream of stored blocks.
    private func stored(_ data: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: data.count, by: 65_535) {
            let block = data[start..<min(data.count, start + 65_535)]
            let length = UInt16(block.count)
            stream.append(start + block.count == data.count ? 1 : 0)
            stream += [length, ~length].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
            stream += block
        }
        let sums = data.reduce((a: 1, b: 0)) { sums, byte in
            let a = (sums.a + Int(byte)) % 65_521
            return (a, (sums.b + a) % 65_521)
        }
        return stream + big(sums.b << 16 | sums.a)
    }

    private func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return big(data.count) + body + Self.crc32(body)
    }

    private func big(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// The checksum of a chunk, most significant byte first.
    static func crc32(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let sum = ~bytes.reduce(~UInt32(0)) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    }
}
