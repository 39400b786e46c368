import TestSupport

/// Text that meets the corners: every script the rules speak of, marks in and out of order, things that compose.
struct RandomText {
    static let alphabets: [[String]] = [
        "abcstéÉßİıǅſŉ".map(String.init) + [
            "e\u{301}", "a\u{323}\u{302}", "o\u{302}\u{323}", "\u{345}", "\u{338}",
        ],
        [
            "'", "’", "`", "´", "'s", "’s ", "s'", "ʼ", "‘", "_", ".", "-", "—", "™", "®", "½", "²", "ª",
            "\u{AD}", "\u{200B}", "\u{200D}",
        ],
        " \n\t\0\u{A0}".map(String.init),
        "абйЙёїΑάςΣ".map(String.init) + ["и\u{306}", "α\u{345}", "ᾳ"],
        "東京都猫の日〇々ー・ガカァ".map(String.init) + [
            "か\u{3099}", "は\u{309A}", "ｶﾞ", "ﾊﾟ", "あ\u{3099}", "㍿", "㌢", "\u{2F80F}", "\u{20001}", "\u{30001}",
        ],
        "กำแมวน้ำที่๑ລາວ".map { String($0) } + [
            "\u{E48}", "\u{E38}\u{E48}", String(repeating: "\u{E48}", count: 29), "\u{E48}\u{E38}", "ក្រ",
            "\u{17D2}",
        ],
        "한글ㄱㅏ".map(String.init) + [
            "\u{1112}\u{1161}\u{11AB}", "\u{1161}", "\u{11A8}", "가\u{11A8}", "ﾡ", "\u{1100}",
        ],
        ["न\u{93C}", "क़", "\u{93C}", "\u{94D}", "क\u{94D}\u{93C}", "\u{9C7}\u{9BE}", "\u{9BE}", "क"],
        ["ا\u{653}", "مُحَمَّد", "ﷺ", "שָׁ", "ﬁ", "Ａ", "９", "٣", "Ⅷ", "①", "゛", "\u{20E3}"],
        ["🐈", "👨‍👩‍👧", "❤️", "🇩🇪", "\u{E0101}", "\u{FE0F}", "\u{FFFD}", "\u{378}", "\u{10FFFF}", "\u{F0000}"],
    ]

    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Up to `pieces` pieces, mostly of two or three alphabets.
    mutating func next(pieces: Int) -> String {
        let chosen = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            Self.alphabets[Int.random(in: 0..<Self.alphabets.count, using: &generator)]
        }
        return (0..<Int.random(in: 0...pieces, using: &generator)).map { _ in
            let alphabet = chosen[Int.random(in: 0..<chosen.count, using: &generator)]
            return alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
        }.joined()
    }

    /// Bytes with some of them damaged.
    mutating func damaged(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: index)
            default: bytes.insert(UInt8.random(in: 128...255, using: &generator), at: index)
            }
        }
        return bytes
    }
}
