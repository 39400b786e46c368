import Decode
import Testing

@Suite("Sniffing")
struct SniffTests {
    @Test(
        "Formats are told by content",
        arguments: [
            ([0xFF, 0xD8, 0xFF, 0xE0], ImageFormat.jpeg),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png),
            (Array("GIF87a".utf8), .gif),
            (Array("GIF89a".utf8), .gif),
            (Array("RIFF....WEBPVP8 ".utf8), .webp),
            (Array("RIFF....WAVE".utf8), nil),
            (Array("RIFF....WEB".utf8), nil),
            ([0xFF, 0xD8], nil),
            ([], nil),
        ] as [([UInt8], ImageFormat?)])
    func sniff(_ bytes: [UInt8], _ expected: ImageFormat?) {
        #expect(ImageDecoder.sniff(bytes) == expected)
    }
}
