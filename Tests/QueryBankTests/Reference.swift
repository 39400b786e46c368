import Foundation
import QueryBank

/// The rules of the design page written as plainly as possible, on strings, by Foundation's NFKC and the standard
/// library's properties: what the fast code is checked against.
struct NaiveNormaliser {
    var keepsDiacritics = false

    func normalise(_ text: String) -> String {
        let scalars = fold(text)
        var words: [[Unicode.Scalar]] = [[]]
        for (index, scalar) in scalars.enumerated() {
            let inside =
                scalar == "'" && index > 0 && index + 1 < scalars.count
                && isPlain(scalars[index - 1], scalars[..<index])
                && Self.isWord(scalars[index + 1]) && !Self.matchesBySubstring(scalars[index + 1])
            if Self.isWord(scalar) || inside {
                words[words.count - 1].append(scalar)
            } else {
                words.append([])
            }
        }
        return words.filter { !$0.isEmpty }.map { String(String.UnicodeScalarView($0)) }.joined(
            separator: " ")
    }

    /// Whether a scalar belongs to a word that is matched as a whole: marks belong to the letter before them.
    private func isPlain(_ scalar: Unicode.Scalar, _ before: ArraySlice<Unicode.Scalar>) -> Bool {
        guard Self.isWord(scalar) else { return false }
        let base = before.last { !Self.isMark($0) }
        return
            !(Self.isMark(scalar)
            ? base.map(Self.matchesBySubstring) ?? false : Self.matchesBySubstring(scalar))
    }

    private func fold(_ text: String) -> [Unicode.Scalar] {
        let straight = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            if "`\u{B4}\u{2018}\u{2019}\u{201B}\u{2BC}\u{FF07}".unicodeScalars.contains(scalar) { return "'" }
            return scalar == "\u{2122}" || scalar == "\u{2120}" ? " " : scalar
        }
        var marks = 0
        let safe = straight.filter {
            marks = $0.properties.canonicalCombiningClass == .notReordered ? 0 : marks + 1
            return marks <= 30
        }
        return nfkc(String(String.UnicodeScalarView(safe))).unicodeScalars.flatMap {
            scalar -> [Unicode.Scalar] in
            if scalar == "\u{200B}" { return [" "] }
            if scalar.properties.isDefaultIgnorableCodePoint { return [] }
            let bare = strip(String(scalar).decomposedStringWithCompatibilityMapping)
            let folded = strip(caseFold(bare).decomposedStringWithCompatibilityMapping)
            return nfkc(folded).unicodeScalars.map {
                $0 == "\u{2BC}" || $0 == "`" ? "'" : $0
            }
        }
    }

    /// Foundation's own NFKC does not compose what it decomposed for compatibility.
    private func nfkc(_ text: String) -> String {
        text.decomposedStringWithCompatibilityMapping.precomposedStringWithCanonicalMapping
    }

    /// Full case folding by way of upper case, which differs only for dotless i, capital sharp s and Cherokee.
    private func caseFold(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar.value {
            case 0x131: "\u{131}"
            case 0x1E9E: "ss"
            case 0x13A0...0x13F5: String(scalar)
            case 0x13F8...0x13FD: scalar.properties.uppercaseMapping
            case 0xAB70...0xABBF: scalar.properties.uppercaseMapping
            default:
                scalar.properties.uppercaseMapping.unicodeScalars.map(\.properties.lowercaseMapping).joined()
            }
        }.joined()
    }

    private func strip(_ text: String) -> String {
        keepsDiacritics
            ? text : String(String.UnicodeScalarView(text.unicodeScalars.filter { !Self.isDiacritic($0) }))
    }

    static func isDiacritic(_ scalar: Unicode.Scalar) -> Bool {
        guard isMark(scalar) else { return false }
        return switch scalar.value {
        case 0x300...0x36F, 0x483...0x489, 0x591...0x5C7, 0x610...0x61A, 0x64B...0x65F, 0x670, 0x6D6...0x6ED,
            0x711...0x74A, 0x8D3...0x8FF, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F:
            true
        default: false
        }
    }

    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        [.nonspacingMark, .spacingMark, .enclosingMark].contains(scalar.properties.generalCategory)
    }

    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        // Plane 3 is Han whether a version assigns it or not; elsewhere the table knows Unicode 14.
        if scalar.value >> 16 == 3 { return true }
        guard let age = scalar.properties.age, age.major <= 14 else { return false }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            true
        default: false
        }
    }

    /// Letters and digits of Han, Kana, Thai, Lao and Khmer.
    static func matchesBySubstring(_ scalar: Unicode.Scalar) -> Bool {
        guard isWord(scalar), !isMark(scalar) else { return false }
        return switch scalar.value {
        case 0xE00...0xEFF, 0x1780...0x17FF, 0x19E0...0x19FF, 0x3005...0x3007, 0x3021...0x3029,
            0x3038...0x303C,
            0x3041...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
            0x1AFF0...0x1B16F, 0x20000...0x3FFFF:
            true
        default: false
        }
    }
}

/// Matching by trying every stretch of words against a dictionary.
struct NaiveMatcher {
    private let normaliser: NaiveNormaliser
    /// By UTF-8: `String` would take canonically equal texts, which marks in excess of 30 can leave, for one.
    private var rows: [[UInt8]: QueryID] = [:]
    private var longest = 0

    init(_ texts: [String], normaliser: NaiveNormaliser = NaiveNormaliser()) {
        self.normaliser = normaliser
        for (row, text) in texts.enumerated() {
            let key = normaliser.normalise(text)
            if !key.isEmpty, rows[Array(key.utf8)] == nil { rows[Array(key.utf8)] = QueryID(row) }
            longest = max(longest, Self.words(key).count)
        }
    }

    func match(_ text: String) -> [QueryID] {
        let words = Self.words(normaliser.normalise(text))
        var found: Set<QueryID> = []
        for start in words.indices {
            var phrases: Set<[UInt8]> = []
            for (index, word) in words[start..<min(start + longest, words.count)].enumerated() {
                let bytes = Array(word.text.utf8)
                let forms = bytes.suffix(2) == Array("'s".utf8)[...] ? [bytes, bytes.dropLast(2)] : [bytes]
                let space = word.isGlued ? [] : Array(" ".utf8)
                phrases =
                    index == 0
                    ? Set(forms) : Set(phrases.flatMap { phrase in forms.map { phrase + space + $0 } })
                found.formUnion(phrases.compactMap { rows[$0] })
            }
        }
        return found.sorted()
    }

    /// Words; each letter that matches by substring is one, with its marks.
    static func words(_ normalised: String) -> [(text: String, isGlued: Bool)] {
        var words: [(text: String, isGlued: Bool)] = []
        for run in normalised.unicodeScalars.split(separator: " ") {
            var base: Unicode.Scalar?
            for scalar in run {
                let isMark = NaiveNormaliser.isMark(scalar)
                let cuts = base.map {
                    !isMark
                        && (NaiveNormaliser.matchesBySubstring($0)
                            || NaiveNormaliser.matchesBySubstring(scalar))
                }
                if cuts ?? true {
                    words.append((String(scalar), base != nil))
                } else {
                    words[words.count - 1].text.unicodeScalars.append(scalar)
                }
                if base == nil || !isMark { base = scalar }
            }
        }
        return words
    }
}
