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

    /// Contexts are used again: many hashes at once, some of them given up, must not meet in one.
    @Test func hashesAtOnceDoNotMix() async {
        let expected = (0..<64).map { SHA256Digest(ofUTF8: "text \($0)") }
        let equal = await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    (0..<2_000).allSatisfy { round in
                        let number = (task * 7 + round) % 64
                        var hasher = SHA256Hasher()
                        hasher.update(utf8: "text ")
                        if round % 5 == 0 { return true }
                        hasher.update(utf8: "\(number)")
                        return hasher.finish() == expected[number]
                    }
                }
            }
            return await group.allSatisfy { $0 }
        }
        #expect(equal)
        #expect(Set(expected).count == 64)
    }

    @Test(arguments: ["0", "zz", "é0"]) func badHexIsRefused(text: String) {
        #expect(Hex.decode(text) == nil)
    }
}
