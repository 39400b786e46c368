internal import Foundation

/// Makes texts comparable: NFKC, case folded, diacritics folded, words separated by single spaces.
///
/// A word is a maximal run of letters, marks and digits with apostrophes inside; everything else separates.
public struct TextNormaliser: Sendable {
    /// The version of the rules; a store and a compiled bank are bound to it.
    public static let version = 1

    /// What becomes of diacritics.
    public enum Diacritics: String, Sendable, CaseIterable, Codable {
        /// é matches e (the default).
        case fold
        /// é and e differ.
        case keep
    }

    /// What becomes of diacritics.
    public let diacritics: Diacritics

    /// A normaliser; two of the same option give the same results.
    public init(diacritics: Diacritics = .fold) { self.diacritics = diacritics }

    /// The normalised form; empty when no word is left.
    public func normalise(_ text: String) -> String {
        if let ascii = normaliseASCII(text) { return ascii }
        var output = String.UnicodeScalarView()
        var pendingSeparator = false
        let folded = fold(text)
        for index in folded.indices {
            let scalar = folded[index]
            let isApostrophe = scalar == "'"
            let inside =
                isApostrophe && index > 0 && index + 1 < folded.count && Self.isWord(folded[index - 1])
                && Self.isWord(folded[index + 1]) && !Self.matchesBySubstring(folded[index - 1])
                && !Self.matchesBySubstring(folded[index + 1])
            if Self.isWord(scalar) || inside {
                if pendingSeparator, !output.isEmpty { output.append(" ") }
                pendingSeparator = false
                output.append(scalar)
            } else {
                pendingSeparator = true
            }
        }
        return String(output)
    }

    private func normaliseASCII(_ text: String) -> String? {
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            guard byte < 0x80 else { return nil }
            let inside =
                (byte == 0x27 || byte == 0x60) && index > 0 && index + 1 < bytes.count
                && Self.isASCIIWord(bytes[index - 1]) && Self.isASCIIWord(bytes[index + 1])
            if Self.isASCIIWord(byte) {
                output.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
            } else if inside {
                output.append(0x27)
            } else if let last = output.last, last != 0x20 {
                output.append(0x20)
            }
        }
        if output.last == 0x20 { output.removeLast() }
        return String(decoding: output, as: UTF8.self)
    }

    private static func isASCIIWord(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A)
    }

    private func fold(_ text: String) -> [Unicode.Scalar] {
        var output: [Unicode.Scalar] = []
        for scalar in text.precomposedStringWithCompatibilityMapping.unicodeScalars {
            if "\u{2018}\u{2019}\u{201B}\u{02BC}`\u{B4}".unicodeScalars.contains(scalar) {
                output.append("'")
                continue
            }
            if scalar.properties.isDefaultIgnorableCodePoint { continue }
            for part in String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars
            where diacritics == .keep || !Self.isDiacritic(part) {
                let lower = part.properties.lowercaseMapping
                output.append(contentsOf: lower.unicodeScalars)
            }
        }
        return Array(
            String(String.UnicodeScalarView(output)).precomposedStringWithCompatibilityMapping.unicodeScalars)
    }

    private static func isDiacritic(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x300...0x36F, 0x483...0x487, 0x591...0x5BD, 0x610...0x61A, 0x64B...0x65F, 0x1AB0...0x1AFF,
            0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F:
            true
        default: false
        }
    }

    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            true
        default: false
        }
    }

    /// Whether a scalar is of a script that writes no spaces between words (Han, Kana, Thai, Lao, Khmer).
    static func matchesBySubstring(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xE00...0xEFF, 0x1780...0x17FF, 0x3005...0x3007, 0x3041...0x30FF, 0x31F0...0x31FF,
            0x3400...0x4DBF,
            0x4E00...0x9FFF, 0xF900...0xFAFF, 0x1B000...0x1B16F, 0x20000...0x3FFFF:
            isWord(scalar)
        default: false
        }
    }
}
