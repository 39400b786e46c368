import Foundation

/// What the tokenizer needs to know of a scalar, as bits of one byte.
struct CharacterTraits: OptionSet, Sendable {
    let rawValue: UInt8

    /// General category L*.
    static let letter = CharacterTraits(rawValue: 1)
    /// General category N*.
    static let number = CharacterTraits(rawValue: 2)
    /// White space as Python's `str.split()` sees it.
    static let space = CharacterTraits(rawValue: 4)
    /// One of the single-character repairs replaces or removes it.
    static let repaired = CharacterTraits(rawValue: 8)
    /// It may change under NFC, alone or beside a neighbour (a safe over-estimate).
    static let mayCompose = CharacterTraits(rawValue: 16)

    /// The traits of a scalar; the Basic Multilingual Plane comes from a table.
    static func of(_ scalar: Unicode.Scalar) -> CharacterTraits {
        let value = Int(scalar.value)
        return value < basicPlane.count ? basicPlane[value] : computed(scalar)
    }

    private static let basicPlane: ContiguousArray<CharacterTraits> = .init(
        (UInt32(0)..<0x1_0000).map { Unicode.Scalar($0).map(computed) ?? [] })

    private static func computed(_ scalar: Unicode.Scalar) -> CharacterTraits {
        var traits: CharacterTraits = []
        let category = scalar.properties.generalCategory
        switch category {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            traits.insert(.letter)
        case .decimalNumber, .letterNumber, .otherNumber: traits.insert(.number)
        default: break
        }
        if isSpace(scalar) { traits.insert(.space) }
        if CharacterRepair.replacement(for: scalar) != nil { traits.insert(.repaired) }
        if mayCompose(scalar, category) { traits.insert(.mayCompose) }
        return traits
    }

    /// Python's `str.isspace`: White_Space and the four information separators.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }

    /// Nothing below U+0300 changes under NFC; above, marks, conjoining jamo and the ranges that hold singletons and
    /// composition exclusions (UAX #15, section 5) might.
    private static func mayCompose(_ scalar: Unicode.Scalar, _ category: Unicode.GeneralCategory) -> Bool {
        if scalar.value < 0x300 { return false }
        if category == .nonspacingMark || category == .spacingMark { return true }
        return unstableRanges.contains { $0.contains(scalar.value) }
    }

    private static let unstableRanges: [ClosedRange<UInt32>] = [
        0x0300...0x03_7F, 0x0387...0x0387,  // combining marks, Greek numeral sign, question mark, ano teleia
        0x0958...0x095F, 0x09DC...0x09DF, 0x0A33...0x0A5E, 0x0B5C...0x0B5D,  // Indic letters with nukta
        0x0F00...0x0FBF,  // Tibetan
        0x1100...0x11FF,  // conjoining jamo
        0x1F00...0x1FFF,  // Greek extended
        0x2000...0x2001, 0x2126...0x212B, 0x2329...0x232A, 0x2ADC...0x2ADC,
        0xF900...0xFAFF, 0xFB1D...0xFB4F,  // compatibility ideographs, Hebrew presentation forms
        0x1_1000...0x1_1FFF, 0x1_D100...0x1_D1FF, 0x2_F800...0x2_FA1F,
    ]
}
