import Digest
import Testing

@Suite struct DigestTests {
    /// FIPS 180-4 example values.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func knownValues(text: String, hex: String) {
        #expect(SHA256Digest(ofUTF8: text).hex == hex)
        #expect(SHA256Digest(hex: hex.uppercased())?.hex == hex)
    }

    @Test func piecesGiveTheWhole() {
        var hasher = SHA256Hasher()
        hasher.update(utf8: "a")
        hasher.update(utf8: "")
        hasher.update(utf8: "bc")
        #expect(hasher.finish() == SHA256Digest(ofUTF8: "abc"))
    }

    @Test(arguments: ["0", "zz", "é0"]) func badHexIsRefused(text: String) {
        #expect(Hex.decode(text) == nil)
    }
}
