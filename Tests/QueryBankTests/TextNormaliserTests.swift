import QueryBank
import TestSupport
import Testing

@Suite struct TextNormaliserTests {
    @Test(arguments: [
        ("The  CAT's tail.", "the cat's tail"), ("(cat) wild-cat cat_2 a/b:c", "cat wild cat cat 2 a b c"),
        ("don’t ‘quote’ `tick`", "don't quote tick"), ("rock 'n' roll a''b 'x", "rock n roll a b x"),
        ("Café ÅNGSTRÖM naïve", "cafe angstrom naive"), ("Straße ΣΊΣΥΦΟΣ Йод", "strasse σισυφοσ иод"),
        ("ＣＬＩＰ ①½ ﬁn Lego™", "clip 11 2 fin lego"), ("", ""), ("\0 \n — 🐈‍⬛", ""), ("a\0b", "a b"),
        ("東京タワー", "東京タワー"), ("東京 tower", "東京 tower"), ("ｶﾞｽ", "ガス"), ("น้ำแข็ง", "น\u{E49}\u{E4D}าแข\u{E47}ง"),
        ("data\u{AD}base zero\u{200B}width", "database zero width"), ("مُحَمَّد", "محمد"), ("D´or", "d'or"),
        ("东'京 a'东", "东 京 a 东"), ("\u{1112}\u{1161}\u{11AB}", "한"),
    ])
    func examples(text: String, expected: String) {
        let normalised = TextNormaliser().normalise(text)
        #expect(Array(normalised.unicodeScalars) == Array(expected.unicodeScalars))
        #expect(TextNormaliser().normalise(normalised).utf8.elementsEqual(normalised.utf8))
    }

    @Test func diacriticsCanStay() {
        let normaliser = TextNormaliser(diacritics: .keep)
        #expect(normaliser.normalise("CAFÉ cafe\u{301} Йод") == "café café йод")
    }

    @Test(arguments: [false, true]) func everyScalarAsTheReferenceHasIt(keepsDiacritics: Bool) {
        let fast = TextNormaliser(diacritics: keepsDiacritics ? .keep : .fold)
        let naive = NaiveNormaliser(keepsDiacritics: keepsDiacritics)
        var compared = 0
        for value in UInt32(0)..<0x30000 where !isUniform(value) {
            // The table is of Unicode 14; the standard library may know more.
            guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age, age.major <= 14 else {
                continue
            }
            let text = "a" + String(scalar) + "b"
            guard fast.normalise(text).utf8.elementsEqual(naive.normalise(text).utf8) else {
                Issue.record(
                    "U+\(String(value, radix: 16)): \(fast.normalise(text)) is not \(naive.normalise(text))")
                continue
            }
            compared += 1
        }
        #expect(compared > 20_000)
    }

    /// Han and Hangul syllables beyond the first few, and private use, which are all alike.
    private func isUniform(_ value: UInt32) -> Bool {
        [
            0x3410...0x4DB0, 0x4E10...0x9FF0, 0xAC20...0xD7A0, 0xE010...0xF8F0, 0x17010...0x187F0,
            0x20010...0x2F7F0,
        ]
        .contains { $0.contains(value) }
    }

    @Test(arguments: [false, true]) func randomTextAsTheReferenceHasIt(keepsDiacritics: Bool) {
        var random = RandomText(seed: keepsDiacritics ? 1 : 2)
        let fast = TextNormaliser(diacritics: keepsDiacritics ? .keep : .fold)
        let naive = NaiveNormaliser(keepsDiacritics: keepsDiacritics)
        for _ in 0..<1500 {
            let text = random.next(pieces: 60)
            let (mine, plain) = (fast.normalise(text), naive.normalise(text))
            #expect(mine.utf8.elementsEqual(plain.utf8), "\(text.unicodeScalars.map { $0.value })")
        }
    }

    @Test func malformedBytesSeparate() {
        var random = RandomText(seed: 3)
        let naive = NaiveNormaliser()
        for _ in 0..<1500 {
            let bytes = random.damaged(random.next(pieces: 40))
            let mine = bytes.withUnsafeBytes { TextNormaliser().normalise(utf8: $0) }
            #expect(
                mine.utf8.elementsEqual(naive.normalise(String(decoding: bytes, as: UTF8.self)).utf8),
                "\(bytes)")
        }
    }

    /// Sorting a run of marks is quadratic in the libraries underneath; a line of a megabyte must not be.
    @Test(.timeLimit(.minutes(1)), arguments: ["\u{E48}\u{E38}", "ﾞ", "क\u{94D}\u{93C}", "\u{344}", "ㅏ"])
    func aMegabyteOfMarksIsNoTrouble(piece: String) {
        let text = "a" + String(repeating: piece, count: (1 << 20) / piece.utf8.count)
        #expect(TextNormaliser().normalise(text).utf8.count <= 4 << 20)
        #expect(TextNormaliser(diacritics: .keep).normalise(text).utf8.count <= 4 << 20)
    }
}
