/// Runs of two to six characters that people hardly write and wrong decoding often makes.
enum MojibakeRules {
    /// Whether any rule matches anywhere in the text.
    static func suspect(_ text: some RandomAccessCollection<Unicode.Scalar>) -> Bool {
        // Every rule needs a character outside ASCII.
        guard text.contains(where: { !$0.isASCII }) else { return false }
        let classes = ContiguousArray(text.map(MojibakeClasses.of))
        return classes.indices.contains { matches(classes, at: $0) }
    }

    private static func matches(_ classes: ContiguousArray<MojibakeClasses>, at start: Int) -> Bool {
        guard !classes[start].isDisjoint(with: firsts) else { return false }
        return rules.contains { rule in
            guard !classes[start].isDisjoint(with: rule[0]), start + rule.count <= classes.count else {
                return false
            }
            return rule.indices.dropFirst().allSatisfy { !classes[start + $0].isDisjoint(with: rule[$0]) }
        } || start == 0 && matchesAtStart(classes)
    }

    /// A text that begins with "Ã " or "Â ".
    private static func matchesAtStart(_ classes: ContiguousArray<MojibakeClasses>) -> Bool {
        classes.count > 1 && classes[0].contains(.aTildeOrCircumflex) && classes[1].contains(.blank)
    }

    private static let firsts: MojibakeClasses = rules.reduce(.aTildeOrCircumflex) { $0.union($1[0]) }

    private static let accented: MojibakeClasses = [.lowerAccented, .upperAccented]
    private static let symbols: MojibakeClasses = [
        .lowerAccented, .upperAccented, .box, .opening, .closing, .currency, .numeric, .law,
    ]
    private static let arabicTail: MojibakeClasses = [
        .common, .currency, .bad, .numeric, .opening, .afterLeadOfArabic,
    ]
    private static let cyrillicTail: MojibakeClasses = [
        .control, .bad, .opening, .closing, .currency, .degreeOrMicro,
    ]
    private static let greekTail: MojibakeClasses = [.control, .bad, .opening, .closing, .currency, .degree]

    /// Each rule is a row of sets; a text is suspect where its characters lie in them one after the other.
    private static let rules: [[MojibakeClasses]] = [
        [.control],
        [symbols.union(.bad), .bad],
        [.letter, [.lowerCommon, .upperCommon], .bad],
        [.bad, symbols],
        [[.lowerAccented, .lowerCommon, .box, .closing, .currency, .numeric], .upperAccented],
        [[.box, .closing, .currency, .numeric], .lowerAccented],
        [[.lowerAccented, .box, .closing], .currency],
        [.whiteSpace, .upperAccented, .currency],
        [[.upperAccented, .box], [.numeric, .law]],
        [[.lowerAccented, .upperAccented, .box, .currency, .closing], .opening, .numeric],
        [[.lowerAccented, .upperAccented, .currency, .numeric, .box, .law], .closing, .opening],
        [[.currency, .numeric, .box], .opening],
        [.asciiLower, .upperAccented, [.opening, .currency]],
        [.box, .kaomoji],
        [[.lowerAccented, .upperAccented, .currency, .numeric, .opening, .closing, .law], .box],
        [.box, .closing],
        [accented, [.opening, .closing], .word],
        [.oe, .notASCIILetter],
        [.upperAccented, .degree],
        // UTF-8 read as Windows-1252.
        [.leadOfLatin, [.afterLeadOfLatin, .opening, .closing]],
        [.times, .powers],
        [.leadOfArabic, arabicTail, .leadOfArabic, arabicTail],
        [.aGrave, .afterAGrave],
        [.aTilde, .afterATilde],
        [.asciiLower, .aTildeOrCircumflex, .blank],
        [.asciiLower, .whiteSpace, .aTildeOrCircumflex, .blank],
        [[.asciiLower, .sentenceMark, .closing], .aCircumflex, [.blank, .opening, .closing]],
        // UTF-8 read as MacRoman.
        [.root, .afterRoot],
        [.almostEqual, .degreeOrCent],
        [.lowQuote, .aDiaeresis, .afterLowQuoteA],
        [.lowQuote, .aOrO, .afterLowQuote],
        // UTF-8 read as Windows-1251, 1253 and 1257.
        [.cyrillicSmallVe, .cyrillicDje],
        [.leadOfCyrillic, cyrillicTail, .leadOfCyrillic],
        [
            .cyrillicGhe, .cyrillicShortU, .cyrillicVe, .cyrillicDje, .cyrillicVe, .notNewline,
            [.letter, .blank],
        ],
        [.beta, .euro, .afterBetaEuro],
        [.leadOfGreek, greekTail, .leadOfGreek],
        [.aMacron, .euro],
    ]
}
