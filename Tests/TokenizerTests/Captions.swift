import Foundation
import TestSupport

/// Real captions of Debian packages, and damage done to them.
enum Captions {
    /// tuxpaint's stamp descriptions in every language they were translated to.
    static func tuxpaint() -> [String] {
        let root = "/usr/share/tuxpaint/stamps"
        guard let files = FileManager.default.enumerator(atPath: root) else { return [] }
        let paths = files.compactMap { $0 as? String }.filter { $0.hasSuffix(".txt") }.sorted()
        return paths.flatMap { path in
            lines("\(root)/\(path)").map { line in
                // "de.utf8=Ein Apfel"; the first line is English with no language before it.
                guard let mark = line.range(of: ".utf8=") else { return line }
                return String(line[mark.upperBound...])
            }
        }
    }

    /// WordNet's glosses: definitions and example sentences.
    static func wordNet() -> [String] {
        ["noun", "verb", "adj", "adv"].flatMap { part in
            lines("/usr/share/wordnet/data.\(part)").compactMap { line in
                line.range(of: " | ").map { String(line[$0.upperBound...]) }
            }
        }
    }

    private static func lines(_ path: String) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Random text from the alphabets and the marks that cleaning treats specially.
    static func hostile(count: Int, seed: UInt64) -> [String] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
        }
    }

    private static let pieces: [String] =
        [
            "a", "Cat", "'s", "'ſ", "'LL", "'re", "it's", "2021", "½", "Ⅳ", "٣", " ", "  ", "\t", "\n",
            "\r\n", "\u{0B}",
            "\u{0C}", "\u{1C}", "\u{85}", "\u{A0}", "\u{2003}", "\u{3000}", "\u{200B}", "\u{200D}",
            "\u{FEFF}", "\0",
            "\u{1B}[31m", "\u{1B}[", "\u{7F}", "\u{9D}", "\u{92}", "“", "”", "‘", "’", "‛", "ʼ", "…", "–",
            "•", "™", "®",
            "&amp;", "&amp;amp;", "&lt;b&gt;", "<", "<br>", "&eacute;", "&EACUTE;", "&szlig;", "&SZLIG;",
            "&copy",
            "&copycat", "&notit;", "&#233;", "&#xE9", "&#x1F600;", "&#0;", "&#128;", "&#xD800;",
            "&#99999999999;", "&#;",
            "&#x;", "&;", "&", "&apos;", "&hellip;", "&NotEqualTilde;", "&#11;", "&#xFDD0;", "&nbsp;",
            "&quot",
            "ﬁ", "ﬃ", "Ǆ", "ŉ", "ſ", "Ａ", "！", "ｶﾞ", "ﾡ", "￦", "İ", "ß", "ẞ", "Σ", "ΟΔΟΣ", "ΣΑΣ ", "ς", "Å",
            "Å",
            "e\u{301}", "\u{301}", "각", "각", "क़", "日本語", "你好", "שלום", "مرحبا", "ไทย", "Ω", "ﬀ", "😀", "👩‍👩‍👧",
            "🇩🇪",
            "é", "Ã©", "Ã ", "Â ", "Ã\u{A0}", "â€™", "â€œ", "â€\u{9D}", "â€", "Ã¼", "Ð¿Ñ€Ð¸Ð²ÐµÑ‚",
            "Ã¢â‚¬â„¢",
            "Ã\u{83}Â©", "√©", "‚Äô", "РїСЂРёРІРµС‚", "вЂ™", "Î±", "ØªØ³", "ä½ å¥½", "ðŸ˜€", "ã\u{82}ˆ", "�",
            "â€�",
            "¿Qué?", "10 °C", "£5", "œuvre", "<start_of_text", "_", "a_b-c/d.jpg", "㎏", "①", "𝒥", "\u{1D15E}",
            "𑂚",
        ]
}
