import TestSupport
import Testing

@testable import QueryBank

@Suite struct WikitextStripperTests {
    private func strip(_ text: String) -> String {
        String(decoding: WikitextStripper.strip(Array(text.utf8)), as: UTF8.self)
    }

    @Test(arguments: [
        ("The '''red''' fox is ''small''.", "The red fox is small."),
        ("See [[fox]]es and [[Vulpes vulpes|red foxes]].", "See foxes and red foxes."),
        ("a [[File:Fox.jpg|thumb|A [[fox]] in {{country}}]] b", "a \n b"),
        ("a [[Category:Foxes]] b [[ image : x.png]] c [[:Category:Foxes|all]]", "a \n b \n c all"),
        ("a {{cite|b={{c}}|d}} e", "a \n e"), ("a {| class=x\n| b || {{c}}\n|} d", "a \n d"),
        ("{| a {| b |} c |} d", "\n d"),
        ("fox<ref name=\"a\">A book</ref> and<ref name=b/> dog", "fox  and  dog"),
        ("a<!-- not\nseen -->b", "ab"), ("a<br/>b<br>c", "a\nb\nc"), ("H<sub>2</sub>O", "H2O"),
        ("<math>x<y</math>z", " z"), ("<div class=\"x\">in</div>", "\nin\n"),
        ("[http://example.org/a_b the site] https://example.org/x end", "\n the site]  end"),
        ("a&nbsp;b &ndash; &#233;&#x4E; &bogus; AT&T", "a b – éN &bogus; AT&T"),
        ("__NOTOC__\nx __ y", "\nx  y"),
        ("it's {{unclosed and '''bold", "it's unclosed and bold"), ("a [[unclosed b", "a \n\nunclosed b"),
        ("x }} y ]] z", "x  y  z"),
        ("a < b > c", "a < b > c"), ("<ref>never closed", " never closed"), ("<!-- never", " never"),
        ("", ""),
    ])
    func whatAReaderSees(_ markup: String, _ text: String) {
        #expect(strip(markup) == text)
    }

    /// What would be quadratic in a stripper that looks for each closer anew.
    @Test(arguments: [
        "{{", "[[", "{|", "<ref>", "<!--", "<", "{{{", "[[File:", "}}", "<math", "[[a|", "''", "http://", "&",
        "__", "[[a]]{{b}}",
    ])
    func timeIsLinear(_ unit: String) {
        let clock = ContinuousClock()
        let time = clock.measure { _ = strip(String(repeating: unit, count: 40_000)) }
        // A quadratic reader takes minutes, a linear one well under a second even in a debug build.
        #expect(time < .seconds(10), "\(unit): \(time)")
    }

    @Test func anyBytesPass() {
        var generator = SeededGenerator(seed: 3)
        let pieces = [
            "{{", "}}", "[[", "]]", "{|", "|}", "<", ">", "ref", "/", "!--", "-->", "|", ":", "File", "'",
            "&", ";", "#", "x", "\n", "é", "=",
            "http://", "__",
        ]
        for _ in 0..<3_000 {
            let text = (0..<generator.below(40)).map { _ in pieces[generator.below(pieces.count)] }.joined()
            _ = strip(text)
            _ = WikitextStripper.strip(Array(text.utf8).map { $0 ^ UInt8(generator.below(2) * 0x80) })
        }
    }
}
