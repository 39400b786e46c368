import TestSupport
import Testing
import Tokenizer

/// Ids that OpenCLIP 3.3.0 gives.
@Suite(.enabled(if: CLIPTokenizer.defaultMergesPath() != nil, "scripts/setup fetches the merges file"))
struct GoldenTests {
    private static let tokenizer = Result { try CLIPTokenizer() }

    @Test(
        arguments: [
            ("a photo of a cat", [320, 1125, 539, 320, 2368]),
            ("hello world!", [3306, 1002, 256]),
            ("it's 2021", [585, 568, 273, 271, 273, 272]),
            ("café naïve", [15304, 1097, 35689, 563]),
            ("你好", [47466, 254, 29290, 377]),
            ("&amp;amp; double", [261, 3200]),
            ("İstanbul", [328, 16384, 11231]),
            ("a_b-c/d.jpg", [320, 318, 321, 268, 322, 270, 323, 269, 36950]),
            ("😀 emoji", [7334, 16327]),
            ("", []),
        ] as [(String, [Int32])])
    func ids(caption: String, ids: [Int32]) throws {
        #expect(try Self.tokenizer.get().encode(caption) == ids)
    }
}
