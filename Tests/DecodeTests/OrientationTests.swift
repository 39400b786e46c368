import Testing

@testable import Decode

@Suite("EXIF orientation")
struct OrientationTests {
    /// a b c
    /// d e f
    private let stored = RGBImage(
        width: 3, height: 2, pixels: ContiguousArray("abcdef".utf8.flatMap { [$0, 0, 255 - $0] }))

    @Test(
        "Pictures are turned as the standard's figure shows",
        arguments: [
            (1, 3, "abcdef"), (2, 3, "cbafed"), (3, 3, "fedcba"), (4, 3, "defabc"),
            (5, 2, "adbecf"), (6, 2, "daebfc"), (7, 2, "fcebda"), (8, 2, "cfbead"),
        ])
    func turns(_ value: Int, _ width: Int, _ expected: String) throws {
        let orientation = try #require(Orientation(rawValue: value))
        let turned = orientation.apply(stored)
        #expect(turned.width == width && turned.height == 6 / width)
        #expect(Array(turned.pixels) == expected.utf8.flatMap { [$0, 0, 255 - $0] })
    }

    /// A directory of two entries, the second the orientation.
    private static func block(_ value: UInt8, little: Bool, type: UInt8 = 3, tag: UInt8 = 0x12) -> [UInt8] {
        func short(_ v: [UInt8]) -> [UInt8] { little ? v.reversed() : v }
        func long(_ v: UInt8) -> [UInt8] { little ? [v, 0, 0, 0] : [0, 0, 0, v] }
        let head: [UInt8] = little ? [0x49, 0x49, 42, 0] : [0x4D, 0x4D, 0, 42]
        let first = short([1, 0]) + short([0, 4]) + long(1) + long(7)
        let second = short([1, tag]) + short([0, type]) + long(1) + short([0, value]) + [0, 0]
        return head + long(8) + short([0, 2]) + first + second
    }

    @Test("Either byte order is read, with or without JPEG's mark", arguments: 1...8, [true, false])
    func reads(_ value: Int, _ little: Bool) {
        let block = Self.block(UInt8(value), little: little)
        #expect(block.withUnsafeBytes { Orientation(exif: $0) }.rawValue == value)
        let marked = Array("Exif\0\0".utf8) + block
        #expect(marked.withUnsafeBytes { Orientation(exif: $0) }.rawValue == value)
    }

    @Test(
        "Anything else is upright",
        arguments: [
            [], Array("Exif\0\0".utf8), block(0, little: true), block(9, little: false),
            block(6, little: true, type: 4),
            block(6, little: true, tag: 0x13), [0x49, 0x49, 42, 0, 0xFF, 0xFF, 0xFF, 0x7F],
            [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0xFF, 0xFF],
        ] as [[UInt8]])
    func upright(_ block: [UInt8]) {
        #expect(block.withUnsafeBytes { Orientation(exif: $0) } == .upright)
    }

    @Test("No cut block is read past its end")
    func cut() {
        let block = Self.block(6, little: true)
        for length in 0..<block.count {
            let value = Array(block[..<length]).withUnsafeBytes { Orientation(exif: $0) }
            #expect(value == (length >= block.count - 2 ? .quarterTurn : .upright))
        }
    }

    @Test("A turned JPEG is turned on both roads", arguments: 2...8)
    func jpeg(_ value: Int) throws {
        let exif = Array("Exif\0\0".utf8) + Self.block(UInt8(value), little: false)
        let segment = [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif
        let plain = Fixture.baselineJPEG.bytes
        let bytes = Array(plain[..<2]) + segment + plain[2...]
        let upright = try ImageDecoder().decode(plain)
        let turned = try #require(Orientation(rawValue: value)).apply(upright)
        #expect(try ImageDecoder().decode(bytes) == turned)
        let info = try ImageDecoder().info(bytes)
        #expect(info.width == turned.width && info.height == turned.height)
        let transform = ImageTransform(size: 20, crop: .centre, mean: [0, 0, 0], std: [1, 1, 1])
        #expect(try straightCrop(bytes, transform, (0, 0)) == apply(transform, turned, (0, 0)))
    }
}
