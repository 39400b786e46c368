import Testing

@testable import Crawler

@Suite struct TextCleanerTests {
    @Test(arguments: [
        ("  A \n\t cat&nbsp;&amp;  dog ", "A cat & dog"), ("caf&eacute; &#x4e2d;&#20013;", "café 中中"),
        ("AT&T &unknown; & Co", "AT&T &unknown; & Co"), ("a\u{200B}b\u{AD}c\u{FEFF}", "abc"),
        ("soft <b>bold</b><br/>text", "soft bold text"), ("2 < 3 and 4 > 1 hold", "2 < 3 and 4 > 1 hold"),
        ("An ox.", "An ox."), ("猫", "猫"), ("cat", "cat"),
        ("The picture of Dorian Gray", "The picture of Dorian Gray"),
        ("We saved the whole drawing as cat.png", "We saved the whole drawing as cat.png"),
        ("Home cooking", "Home cooking"), ("Loggers ¶", "Loggers"), ("x &hearts;&lt;3", "x ♥<3"),
        ("&NotEqualTilde;cat", "≂̸cat"), ("Note the blue bird", "Note the blue bird"),
    ])
    func keeps(_ raw: String, clean: String) { #expect(TextCleaner.clean(raw) == clean) }

    @Test(arguments: [
        "", " ", "x", "123 456", "…", "image", "Logo", "[Note]", "[image of music]", "Prev", "Next page",
        "click here",
        "IMG_1234", "DSC00123.JPG", "my cat.png", "header-2x.webp", "https://example.org/a",
        "www.example.org",
        "Screenshot 2021-03-04", "picture 12", "<img>", "&lt;br&gt;", "Click to enlarge", "the image",
        "Product Site", "TODO", "Known issues and warnings", "17.3. Options",
        "\u{FFFD}\u{FFFD}",
        String(repeating: "word ", count: 300),
    ])
    func drops(_ raw: String) { #expect(TextCleaner.clean(raw) == nil) }
}
