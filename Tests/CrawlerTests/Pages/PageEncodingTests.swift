import Testing

@testable import Crawler

@Suite struct PageEncodingTests {
    /// "é" and "Я" in several encodings, declared in every way there is.
    @Test(
        arguments: [
            ([0xC3, 0xA9], "text/html; charset=utf-8", "é"), ([0xE9], "text/html; charset=ISO-8859-1", "é"),
            ([0x80], "text/html; Charset = \"latin1\"", "€"), ([0xD1], "text/html;charset=koi8-r", "я"),
            ([0xE9], nil, "é"), ([0xC3, 0xA9], nil, "é"), ([0xC3, 0xA9], "text/html; charset=nonsense", "é"),
            ([0xEF, 0xBB, 0xBF, 0xC3, 0xA9], "text/html; charset=iso-8859-1", "é"),
            ([0xFF, 0xFE, 0x2F, 0x04], nil, "Я"), ([0xFE, 0xFF, 0x04, 0x2F], nil, "Я"),
            ([0x93, 0xFA, 0x96, 0x7B], "text/html; charset=Shift_JIS", "日本"),
            ([0xC4, 0xE3], "text/html; charset=gb2312", "你"),
            ([0xD1], "text/html; charset=windows-1251", "С"),
            ([0xC3, 0x28], "text/html; charset=utf-8", "\u{FFFD}("),
            ([0x81, 0x41], "text/html; charset=windows-1252", "\u{FFFD}A"),
        ] as [([UInt8], String?, String)])
    func decodes(_ bytes: [UInt8], contentType: String?, text: String) {
        #expect(PageEncoding.decode(bytes, contentType: contentType) == text)
    }

    @Test(
        arguments: [
            ("<meta charset=koi8-r>", "koi8-r"),
            ("<META HTTP-EQUIV=x CONTENT='text/html; charset = EUC-JP'>", "euc-jp"),
            ("<?xml version=\"1.0\" encoding='ISO-8859-2'?>", "iso-8859-2"),
            ("<meta charset=\"utf-16\">", "utf-8"),
            ("<p>charset of the page</p>", nil), ("", nil),
        ] as [(String, String?)])
    func declaration(_ markup: String, label: String?) {
        #expect(PageEncoding.charset(ofMarkup: Array(markup.utf8)[...]) == label)
    }

    @Test func aStrayByteDoesNotMakeUTF8Latin1() {
        let bytes = Array("дом и сад, дерево".utf8) + [0xD0]
        #expect(PageEncoding.decode(bytes, contentType: nil).hasPrefix("дом и сад"))
    }
}
