import Foundation
import Testing

@testable import PairStore

/// The texts of KEY.json against Foundation's.
@Suite struct SampleTextTests {
    /// Every byte of ASCII at every place of a word of eight bytes and of what is left of one.
    @Test func escapesAreWhereJSONWantsThem() throws {
        for byte in UInt8(0)..<128 {
            for place in 0..<19 {
                var text = [UInt8](repeating: UInt8(ascii: "x"), count: 19)
                text[place] = byte
                var object = JSONText()
                object.add("é", String(decoding: text, as: UTF8.self))
                let bytes = object.finish()
                let read = try JSONDecoder().decode([String: String].self, from: Data(bytes))
                #expect(read == ["é": String(decoding: text, as: UTF8.self)])
                let needsEscape = byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
                #expect(needsEscape == (bytes.count > 19 + #"{"é":""}"#.utf8.count), "\(byte) at \(place)")
            }
        }
    }

    @Test(
        arguments: [
            (-1, "1969-12-31T23:59:59.999Z"),
            (0, "1970-01-01T00:00:00.000Z"),
            (999, "1970-01-01T00:00:00.999Z"),
            (86_399_999, "1970-01-01T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_767_225_599_999, "2025-12-31T23:59:59.999Z"),
            (1_800_000_000_123, "2027-01-15T08:00:00.123Z"),
            (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func timesAreISO8601(milliseconds: Int64, text: String) {
        #expect(Timestamp.text(milliseconds) == text)
        #expect(Timestamp.milliseconds(text) == milliseconds)
    }
}
