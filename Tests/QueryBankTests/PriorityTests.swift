import Digest
import QueryBank
import TestSupport
import Testing

@Suite struct PriorityTests {
    private func littleEndian(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }

    @Test func hashesAreThoseOfTheDesign() {
        let (url, text) = ("https://example.org/é.jpg", "a cat")
        let body = littleEndian(UInt64(url.utf8.count)) + Array(url.utf8) + Array(text.utf8)
        let key = CandidateKey(imageURL: url, text: text)
        #expect(key.bytes == Array(SHA256Digest(of: body).bytes.prefix(16)))
        #expect(key.hex == Hex.encode(key.bytes) && key.description == key.hex)
        let seed: UInt64 = 0x0123_4567_89AB_CDEF
        #expect(
            Priority(imageURL: url, text: text, seed: seed).u
                == SHA256Digest(of: littleEndian(seed) + body).firstWord)
    }

    @Test func keysAreReadBackAndOrdered() {
        let keys = (0..<50).map { CandidateKey(imageURL: "u\($0)", text: "t") }
        for key in keys { #expect(CandidateKey(hex: key.hex.uppercased()) == key) }
        #expect(keys.sorted().map(\.hex) == keys.map(\.hex).sorted())
        #expect(CandidateKey(hex: "00") == nil && CandidateKey(hex: String(repeating: "g", count: 32)) == nil)
    }

    @Test func theLengthKeepsPartsApart() {
        #expect(CandidateKey(imageURL: "ab", text: "c") != CandidateKey(imageURL: "a", text: "bc"))
    }

    /// `String` takes é in one scalar and in two for equal; a candidate does not.
    @Test func equalityIsByBytes() {
        let (one, two) = (
            Priority(u: 1, imageURL: "é", text: ""), Priority(u: 1, imageURL: "e\u{301}", text: "")
        )
        #expect(one != two && (one < two) != (two < one))
    }

    @Test func prioritiesAreUniform() {
        var buckets = [Int](repeating: 0, count: 16)
        for index in 0..<16_000 {
            buckets[Int(Priority(imageURL: "https://i/\(index)", text: "t", seed: 0).u >> 60)] += 1
        }
        // Five standard deviations of a bucket of 1000.
        #expect(buckets.allSatisfy { abs($0 - 1000) < 155 })
    }
}
