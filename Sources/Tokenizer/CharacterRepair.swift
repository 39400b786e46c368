import Foundation

/// Repairs that look at one character at a time, as ftfy's `fix_text` makes them.
enum CharacterRepair {
    /// What stands in for a scalar: its plain form, nothing at all, or `nil` where it is fine as it is.
    static func replacement(for scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x00...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: ""
        case 0x0D, 0x2028, 0x2029: "\n"
        case 0x80...0x9F: windows1252Meaning(of: scalar)
        case 0x02BC, 0x2018...0x201B: "'"
        case 0x201C...0x201F: "\""
        case 0x0132, 0x0133, 0x0149, 0x01C4...0x01CC, 0x01F1...0x01F3, 0xFB00...0xFB06: ligatures[scalar]
        case 0x3000: " "
        case 0xFF01...0xFFEF: standardWidth(scalar)
        default: nil
        }
    }

    /// Applies the repairs. Control characters go last, after the escape sequences that begin with one.
    static func apply(to text: Scalars) -> Scalars {
        if !text.contains(where: { CharacterTraits.of($0).contains(.repaired) }) { return text }
        return withoutControls(withPlainForms(text))
    }

    private static func withPlainForms(_ text: Scalars) -> Scalars {
        var output: Scalars = []
        output.reserveCapacity(text.count)
        for scalar in text {
            if CharacterTraits.of(scalar).contains(.repaired), let plain = replacement(for: scalar),
                !plain.isEmpty
            {
                output += plain.unicodeScalars
            } else {
                output.append(scalar)
            }
        }
        return output
    }

    private static func withoutControls(_ text: Scalars) -> Scalars {
        var output: Scalars = []
        output.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if text[index].value == 0x1B, let end = endOfTerminalEscape(text, at: index) {
                index = end
                continue
            }
            if replacement(for: text[index])?.isEmpty != true { output.append(text[index]) }
            index += 1
        }
        return output
    }

    /// The end of `ESC [ digits-and-semicolons letter`, or `nil`.
    private static func endOfTerminalEscape(_ text: Scalars, at start: Int) -> Int? {
        var index = start + 1
        guard index < text.count, text[index] == "[" else { return nil }
        index += 1
        while index < text.count,
            text[index] == ";" || text[index].properties.generalCategory == .decimalNumber
        {
            index += 1
        }
        guard index < text.count, text[index].isASCII, text[index].properties.isAlphabetic else { return nil }
        return index + 1
    }

    /// C1 controls are what Windows-1252 text looks like when read as Latin-1; the HTML Standard reads them so too.
    private static func windows1252Meaning(of control: Unicode.Scalar) -> String? {
        let meant = SingleByteEncoding.windows1252.scalar(UInt8(truncatingIfNeeded: control.value))
        return meant == control ? nil : replacement(for: meant) ?? String(meant)
    }

    /// Half-width and full-width forms are the compatibility forms of ordinary characters.
    private static func standardWidth(_ scalar: Unicode.Scalar) -> String? {
        let plain = String(scalar).precomposedStringWithCompatibilityMapping
        return plain.unicodeScalars.elementsEqual(CollectionOfOne(scalar)) ? nil : plain
    }

    /// Ligatures and digraphs of Latin letters that come from old encodings or from typesetting, not from writers.
    private static let ligatures: [Unicode.Scalar: String] = [
        "Ĳ": "IJ", "ĳ": "ij", "ŉ": "'n", "Ǳ": "DZ", "ǲ": "Dz", "ǳ": "dz", "Ǆ": "DŽ", "ǅ": "Dž", "ǆ": "dž",
        "Ǉ": "LJ", "ǈ": "Lj", "ǉ": "lj", "Ǌ": "NJ", "ǋ": "Nj", "ǌ": "nj",
        "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ſt", "ﬆ": "st",
    ]
}
