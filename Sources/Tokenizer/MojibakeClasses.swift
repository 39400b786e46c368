/// Sets of characters that take part in the signs of mojibake, one bit a set.
///
/// The sets and the rules over them (`MojibakeRules.swift`) are the heuristic that ftfy 6 published ("badness":
/// R. Speer, ftfy, Apache-2.0), written anew here because CLIP's ids depend on it.
struct MojibakeClasses: OptionSet, Sendable {
    let rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }
    private init(bit: UInt64) { rawValue = 1 << bit }

    // Sets whose members are listed in `members`.
    static let common = Self(bit: 0)
    static let control = Self(bit: 1)
    static let bad = Self(bit: 2)
    static let law = Self(bit: 3)
    static let currency = Self(bit: 4)
    static let opening = Self(bit: 5)
    static let closing = Self(bit: 6)
    static let numeric = Self(bit: 7)
    static let kaomoji = Self(bit: 8)
    static let upperAccented = Self(bit: 9)
    static let lowerAccented = Self(bit: 10)
    static let upperCommon = Self(bit: 11)
    static let lowerCommon = Self(bit: 12)
    static let box = Self(bit: 13)
    static let asciiUpper = Self(bit: 14)
    static let asciiLower = Self(bit: 15)
    static let blank = Self(bit: 16)
    static let degree = Self(bit: 17)
    static let oe = Self(bit: 18)
    static let leadOfLatin = Self(bit: 19)
    static let afterLeadOfLatin = Self(bit: 20)
    static let times = Self(bit: 21)
    static let powers = Self(bit: 22)
    static let leadOfArabic = Self(bit: 23)
    static let afterLeadOfArabic = Self(bit: 24)
    static let aGrave = Self(bit: 25)
    static let afterAGrave = Self(bit: 26)
    static let root = Self(bit: 27)
    static let afterRoot = Self(bit: 28)
    static let almostEqual = Self(bit: 29)
    static let degreeOrCent = Self(bit: 30)
    static let lowQuote = Self(bit: 31)
    static let aDiaeresis = Self(bit: 32)
    static let afterLowQuoteA = Self(bit: 33)
    static let aOrO = Self(bit: 34)
    static let afterLowQuote = Self(bit: 35)
    static let cyrillicSmallVe = Self(bit: 36)
    static let cyrillicVe = Self(bit: 56)
    static let cyrillicDje = Self(bit: 37)
    static let leadOfCyrillic = Self(bit: 38)
    static let degreeOrMicro = Self(bit: 39)
    static let cyrillicGhe = Self(bit: 40)
    static let cyrillicShortU = Self(bit: 41)
    static let aTilde = Self(bit: 42)
    static let afterATilde = Self(bit: 43)
    static let aTildeOrCircumflex = Self(bit: 44)
    static let aCircumflex = Self(bit: 45)
    static let sentenceMark = Self(bit: 46)
    static let beta = Self(bit: 47)
    static let euro = Self(bit: 48)
    static let afterBetaEuro = Self(bit: 49)
    static let leadOfGreek = Self(bit: 50)
    static let aMacron = Self(bit: 51)
    // Sets defined by a property.
    static let whiteSpace = Self(bit: 52)
    static let word = Self(bit: 53)
    static let notASCIILetter = Self(bit: 54)
    static let notNewline = Self(bit: 55)

    static let letter: Self = [.asciiUpper, .asciiLower]

    /// The sets that hold a scalar.
    static func of(_ scalar: Unicode.Scalar) -> Self {
        let value = Int(scalar.value)
        if value < table.count { return table[value] }
        return rare[scalar] ?? propertiesOnly(scalar)
    }

    /// Nearly every member lies below the end of "block elements".
    private static let table: ContiguousArray<Self> = .init(
        (UInt32(0)..<0x2600).map { Unicode.Scalar($0).map(listed) ?? [] })
    private static let rare: [Unicode.Scalar: Self] = Dictionary(
        uniqueKeysWithValues: ["\u{F8FF}", "\u{FB01}", "\u{FB02}", "\u{FFFD}"].map { ($0, listed($0)) })

    private static func listed(_ scalar: Unicode.Scalar) -> Self {
        members.reduce(propertiesOnly(scalar)) { $1.scalars.contains(scalar) ? $0.union($1.set) : $0 }
    }

    private static func propertiesOnly(_ scalar: Unicode.Scalar) -> Self {
        var sets: Self = scalar == "\n" ? [] : [.notNewline]
        let traits = CharacterTraits.of(scalar)
        if traits.contains(.space) { sets.insert(.whiteSpace) }
        if scalar == "_" || !traits.isDisjoint(with: [.letter, .number]) { sets.insert(.word) }
        if !(scalar.isASCII && scalar.properties.isAlphabetic) { sets.insert(.notASCIILetter) }
        return sets
    }
}

extension MojibakeClasses {
    /// The members of each listed set: single characters and `a-b` ranges, as in a regular expression's brackets.
    fileprivate static let members: [(set: Self, scalars: Set<Unicode.Scalar>)] = spelled.map {
        set, spelling in
        var scalars: Set<Unicode.Scalar> = []
        let text = Array(spelling.unicodeScalars)
        var index = 0
        while index < text.count {
            let isRange = index + 2 < text.count && text[index + 1] == "-"
            let last = isRange ? text[index + 2] : text[index]
            for value in text[index].value...last.value {
                Unicode.Scalar(value).map { _ = scalars.insert($0) }
            }
            index += isRange ? 3 : 1
        }
        return (set, scalars)
    }

    private static let spelled: [(Self, String)] = [
        // Frequent in ordinary text too.
        (.common, "\u{A0}\u{AD}·´–—―…’"),
        (.control, "\u{80}-\u{9F}"),
        // Hardly ever anything but mojibake.
        (.bad, "¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊\u{FFFD}ªº"),
        (.law, "¶§"),
        (.currency, "¢£¥₧€"),
        (.opening, "¡«¿©΄΅‘‚“„•‹\u{F8FF}"),
        (.closing, "®»˝”›™"),
        (.numeric, "²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№"),
        // Letters of faces made of characters.
        (.kaomoji, "Ò-ÖÙ-Üò-öø-üŐŌŪŲ°"),
        (.upperAccented, "À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ"),
        (.lowerAccented, "ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ"),
        (.upperCommon, "ÞΑ-ΩΆΈΉΊΌΎΏΪΫЁ-Я"),
        (.lowerCommon, "α-ωάέήίΰа-џ"),
        (.box, "│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓"),
        (.asciiUpper, "A-Z"), (.asciiLower, "a-z"), (.blank, " "), (.degree, "°"), (.oe, "Œœ"),
        // Windows-1252 readings of UTF-8: Latin, Arabic, South Asian.
        (.leadOfLatin, "ÂÃÎÐ"), (.afterLeadOfLatin, "€œŠš¢£Ÿž\u{A0}\u{AD}®©°·»–—´"),
        (.times, "×"), (.powers, "²³"),
        (.leadOfArabic, "ØÙ"), (.afterLeadOfArabic, "ŸŠ®°µ»"),
        (.aGrave, "à"), (.afterAGrave, "²µ¹¼½¾"),
        // MacRoman readings.
        (.root, "√"), (.afterRoot, "±∂†≠®™´≤≥¥µø"), (.almostEqual, "≈"), (.degreeOrCent, "°¢"),
        (.lowQuote, "‚"), (.aDiaeresis, "Ä"), (.afterLowQuoteA, "ìîïòôúùû†°¢π"), (.aOrO, "âó"),
        (.afterLowQuote, "àä°ê"),
        // Windows-1251 readings.
        (.cyrillicSmallVe, "в"), (.cyrillicVe, "В"), (.cyrillicDje, "Ђ"), (.leadOfCyrillic, "ВГРС"),
        (.degreeOrMicro, "°µ"),
        (.cyrillicGhe, "Г"), (.cyrillicShortU, "ў"),
        // "à" and "á", and a no-break space, read as Windows-1252.
        (.aTilde, "Ã"), (.afterATilde, "\u{A0}¡"), (.aTildeOrCircumflex, "ÃÂ"), (.aCircumflex, "Â"),
        (.sentenceMark, ".,?!"),
        // Windows-1253 and Windows-1257 readings.
        (.beta, "β"), (.euro, "€"), (.afterBetaEuro, "™\u{A0}Ά\u{AD}®°"), (.leadOfGreek, "ΒΓΞΟ"),
        (.aMacron, "ā"),
    ]
}
