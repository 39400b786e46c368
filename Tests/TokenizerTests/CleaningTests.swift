import Foundation
import TestSupport
import Testing

@testable import Tokenizer

struct CleaningTests {
    @Test(
        "What cleaning makes of a caption",
        arguments: [
            // White space and case.
            ("  A\tphoto \n of\u{A0}a\u{3000}CAT ", "a photo of a cat"),
            ("ΟΔΟΣ ΣΑΣ", "οδος σας"), ("İI", "i\u{307}i"), ("\u{0B}a\u{0B}b", "ab"), ("a\u{1C}b", "ab"),
            ("a\u{85}b", "a…b"),
            // Typography.
            ("“quoted” ‘text’", "\"quoted\" 'text'"), ("ﬁne ﬂuﬃer Ǆ", "fine fluffier dž"),
            ("ＬＯＵＤ　ＮＯＩＳＥＳ", "loud noises"),
            ("ｶﾞ", "ガ"), ("e\u{301}", "é"), ("\u{212B}", "å"), ("\u{1B}[31mred\u{1B}[0m", "red"),
            ("a\u{FEFF}b", "ab"),
            // Character references: twice, with and without semicolons.
            ("&amp;amp;lt;", "<"), ("&eacute; &EACUTE; &copy2021", "é é ©2021"),
            ("&#233;&#xE9;&#128;", "éé€"),
            ("<b>&EACUTE;</b>", "<b>&eacute;</b>"), ("&notanentity;", "¬anentity;"),
            ("&#x110000; &#0;", "\u{FFFD} \u{FFFD}"),
            ("AT&T &", "at&t &"), ("&hellip;&apos;&nbsp;x", "…' x"),
            // Mojibake, from ftfy's own examples.
            ("âœ” No problems", "✔ no problems"), ("sÃ³", "só"), ("voilÃ le travail", "voilà le travail"),
            ("The Mona Lisa doesnÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢t have eyebrows.", "the mona lisa doesn't have eyebrows."),
            ("l’humanitÃ©", "l'humanité"), ("Ã perturber la rÃ©flexion", "à perturber la réflexion"),
            ("à perturber la réflexion", "à perturber la réflexion"), ("ÃƒÂ©", "é"),
            ("PÃ¡gina – café", "página – café"),
            (
                "This string is made of two things:\u{2029}1. Unicode",
                "this string is made of two things: 1. unicode"
            ),
            // What only looks like mojibake.
            ("Ångström", "ångström"), ("¿Qué?", "¿qué?"), ("10 °C ±2", "10 °c ±2"), ("│a│", "│a│"),
        ])
    func cleaned(caption: String, expected: String) {
        #expect(Array(CaptionCleaner.clean(caption)) == Array(expected.unicodeScalars))
    }

    @Test("The one-pass check never lets a text by that repairs would change")
    func soundness() {
        var sound = 0
        for caption in Captions.hostile(count: 5_000, seed: 5) + Captions.tuxpaint().prefix(2_000) {
            let text = Scalars(caption.unicodeScalars)
            guard CaptionCleaner.isSound(text) else { continue }
            sound += 1
            #expect(CaptionCleaner.repair(text) == text, "\(caption.debugDescription)")
        }
        #expect(sound > 1_000)
    }

    @Test("Texts without a character that may compose are in form C")
    func composition() {
        var generator = SeededGenerator(seed: 3)
        let still = (UInt32(1)..<0x3_0000).compactMap(Unicode.Scalar.init)
            .filter {
                !CharacterTraits.of($0).contains(.mayCompose) && $0.properties.generalCategory != .unassigned
            }
        for _ in 0..<20_000 {
            let text = (0..<6).compactMap { _ in still.randomElement(using: &generator) }
            let normal = String(text).precomposedStringWithCanonicalMapping
            #expect(Array(normal.unicodeScalars) == text)
        }
    }

    @Test(
        "Character sets are those of the C library",
        arguments: [
            ("CP1250", SingleByteEncoding.windows1250), ("CP1251", .windows1251), ("CP1252", .windows1252),
            ("CP1253", .windows1253), ("CP1254", .windows1254), ("CP1257", .windows1257),
            ("ISO-8859-2", .latin2),
            ("CP437", .codePage437),
        ] as [(String, SingleByteEncoding)])
    func characterSets(name: String, set: SingleByteEncoding) throws {
        let converter = try #require(iconv_open("UTF-8", name))
        defer { iconv_close(converter) }
        var checked = 0
        for byte in UInt8(128)...255 {
            var (input, output) = ([CChar(bitPattern: byte)], [CChar](repeating: 0, count: 8))
            let failed = input.withUnsafeMutableBufferPointer { input in
                output.withUnsafeMutableBufferPointer { output in
                    var (from, to) = (input.baseAddress, output.baseAddress)
                    var (left, room) = (1, 7)
                    return iconv(converter, &from, &left, &to, &room) == -1
                }
            }
            // Where the C library has a hole, ours has the control character of that number.
            let expected =
                failed
                ? String(Unicode.Scalar(byte))
                : String(decoding: output.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            #expect(String(set.scalar(byte)) == expected)
            checked += failed ? 0 : 1
        }
        #expect(checked > 100)
    }
}
