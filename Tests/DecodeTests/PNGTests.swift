import Decode
import TestSupport
import Testing

@Suite("PNG")
struct PNGTests {
    private static func random(_ colour: PNGWriter.Colour, _ generator: inout SeededGenerator) -> PNGWriter {
        let width = Int.random(in: 1...40, using: &generator)
        let height = Int.random(in: 1...12, using: &generator)
        let rows = (0..<height).map { _ in
            (0..<width * colour.step).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        var writer = PNGWriter(
            colour: colour, width: width, rows: rows,
            filters: (0..<height).map { _ in .random(in: 0...4, using: &generator) })
        if Bool.random(using: &generator) { writer.chunkSize = .random(in: 1...50, using: &generator) }
        if colour == .palette {
            // Often fewer than 256 colours, so that some indices have none.
            let count = Int.random(in: 1...256, using: &generator)
            writer.palette = (0..<count * 3).map { _ in .random(in: 0...255, using: &generator) }
            writer.paletteAlpha = (0..<Int.random(in: 0...count, using: &generator)).map { _ in
                .random(in: 0...255, using: &generator)
            }
        }
        return writer
    }

    /// A stored pixel as RGB on white, from the standard.
    private static func shown(_ pixel: [UInt8], _ writer: PNGWriter) -> [UInt8] {
        switch writer.colour {
        case .grey: return [pixel[0], pixel[0], pixel[0]]
        case .rgb: return pixel
        case .greyAlpha: return onWhite([pixel[0], pixel[0], pixel[0]], pixel[1])
        case .rgba: return onWhite(Array(pixel[..<3]), pixel[3])
        case .palette:
            let index = Int(pixel[0])
            let colour =
                index * 3 < writer.palette.count
                ? Array(writer.palette[(index * 3)...].prefix(3)) : [0, 0, 0]
            return onWhite(colour, index < writer.paletteAlpha.count ? writer.paletteAlpha[index] : 255)
        }
    }

    private static func onWhite(_ colour: [UInt8], _ alpha: UInt8) -> [UInt8] {
        let opacity = Double(alpha) / 255
        return colour.map { UInt8((255 * (1 - opacity) + Double($0) * opacity).rounded()) }
    }

    private static func expected(_ writer: PNGWriter) -> [UInt8] {
        let step = writer.colour.step
        return writer.rows.flatMap { row in
            stride(from: 0, to: row.count, by: step).flatMap { shown(Array(row[$0..<$0 + step]), writer) }
        }
    }

    @Test(
        "Every colour type, filter and cutting into chunks decodes to its pixels",
        arguments: PNGWriter.Colour.allCases)
    func roundTrip(_ colour: PNGWriter.Colour) throws {
        var generator = SeededGenerator(seed: 70 + UInt64(colour.rawValue))
        for _ in 0..<60 {
            let writer = Self.random(colour, &generator)
            let image = try ImageDecoder().decode(writer.bytes)
            #expect(Array(image.pixels) == Self.expected(writer))
        }
    }

    @Test(
        "Damage in the data is refused by name and accepted row by row", arguments: PNGWriter.Colour.allCases)
    func damage(_ colour: PNGWriter.Colour) throws {
        var generator = SeededGenerator(seed: 90 + UInt64(colour.rawValue))
        for _ in 0..<40 {
            var writer = Self.random(colour, &generator)
            writer.chunkSize = .max
            var bytes = writer.bytes
            // Inside the data, before its checksum: 4 + 12 bytes from the end is the checksum of the stream.
            let last = bytes.count - 12 - 4 - 5
            bytes[last] ^= 0x40
            #expect { try ImageDecoder().decode(bytes) } throws: { ($0 as? DecodeError)?.code == .corrupt }
            let part = try ImageDecoder(acceptsDamaged: true).decode(bytes)
            let whole = Self.expected(writer)
            #expect(part.pixels.count == whole.count)
            #expect(
                part.pixels.allSatisfy { $0 == 255 }
                    || !zip(part.pixels, whole).contains { $0 != $1 && $0 != 255 })
        }
    }

    @Test("An unknown filter is refused")
    func filter() {
        let writer = PNGWriter(colour: .rgb, width: 2, rows: [[1, 2, 3, 4, 5, 6]], filters: [5])
        #expect { try ImageDecoder().decode(writer.bytes) } throws: { ($0 as? DecodeError)?.code == .corrupt }
    }
}
