/// Character references of HTML text (HTML Standard, section 13.2.5.72 onwards), in the two readings that CLIP's
/// cleaning uses.
enum HTMLReferences {
    /// Replaces every reference a browser would, with or without its semicolon, as Python's `html.unescape` does.
    static func unescape(_ text: Scalars) -> Scalars {
        replace(in: text) { text, ampersand in
            if text[safe: ampersand + 1] == "#" { return numericReference(text, at: ampersand) }
            let end = endOfName(text, at: ampersand + 1)
            return namedReference(text[ampersand + 1..<end])
        }
    }

    /// Replaces only what is surely a reference (`&name;`, `&#1;`), and upper-cased names of common letters too, as
    /// ftfy's `unescape_html` does.
    static func unescapeCertain(_ text: Scalars) -> Scalars {
        replace(in: text) { text, ampersand in
            let isNumeric = text[safe: ampersand + 1] == "#"
            let start = ampersand + (isNumeric ? 2 : 1)
            let end = run(in: text, from: start, atMost: 24) { $0.isASCIIAlphanumeric }
            guard end > start, text[safe: end] == ";" else { return nil }
            if isNumeric {
                guard let found = numericReference(text, at: ampersand), found.length == end + 1 - ampersand,
                    !found.value.contains(";")
                else { return (Array(text[ampersand...end]), end + 1 - ampersand) }
                return found
            }
            let name = String(text[start..<end])
            guard let value = named[name + ";"] ?? upperCased[name] else { return nil }
            return (Array(value.unicodeScalars), end + 1 - ampersand)
        }
    }

    private typealias Replacement = (value: [Unicode.Scalar], length: Int)

    /// Copies the text with what `reference` finds at each ampersand in its place.
    private static func replace(
        in text: Scalars, reference: (_ text: Scalars, _ ampersand: Int) -> Replacement?
    ) -> Scalars {
        guard text.contains("&") else { return text }
        var output: Scalars = []
        output.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if text[index] == "&", let found = reference(text, index) {
                output += found.value
                index += found.length
            } else {
                output.append(text[index])
                index += 1
            }
        }
        return output
    }

    /// The longest known name that the given characters begin with; a semicolon counts as part of it.
    private static func namedReference(_ candidate: ArraySlice<Unicode.Scalar>) -> Replacement? {
        for length in stride(from: candidate.count, through: 2, by: -1) {
            if let value = named[String(candidate.prefix(length))] {
                return (Array(value.unicodeScalars), length + 1)
            }
        }
        return nil
    }

    private static func endOfName(_ text: Scalars, at start: Int) -> Int {
        let end = run(in: text, from: start, atMost: 32) { !"\t\n\u{0C} <&#;".unicodeScalars.contains($0) }
        return end > start && text[safe: end] == ";" ? end + 1 : end
    }

    private static func run(
        in text: Scalars, from start: Int, atMost limit: Int, while accepts: (Unicode.Scalar) -> Bool
    ) -> Int {
        var end = start
        while end < text.count, end - start < limit, accepts(text[end]) { end += 1 }
        return end
    }
}

extension HTMLReferences {
    /// `&#` digits or `&#x` digits, the semicolon optional.
    private static func numericReference(_ text: Scalars, at ampersand: Int) -> Replacement? {
        let isHex = text[safe: ampersand + 2] == "x" || text[safe: ampersand + 2] == "X"
        let radix: UInt32 = isHex ? 16 : 10
        let start = ampersand + (isHex ? 3 : 2)
        var (index, value) = (start, UInt32(0))
        while let digit = text[safe: index]?.digit(radix: radix) {
            // Larger than any code point is all that matters, so the value may stop growing there.
            value = min(value * radix + digit, 0x11_0000)
            index += 1
        }
        guard index > start else { return nil }
        if text[safe: index] == ";" { index += 1 }
        return (character(value), index - ampersand)
    }

    /// The Standard's corrections of a number: NUL, surrogates and what lies past Unicode become U+FFFD, C1 controls
    /// are read as Windows-1252; Python drops other controls and noncharacters.
    private static func character(_ value: UInt32) -> [Unicode.Scalar] {
        switch value {
        case 0x00, 0xD800...0xDFFF, 0x11_0000...: return ["\u{FFFD}"]
        case 0x0D: return ["\r"]
        case 0x80...0x9F: return [SingleByteEncoding.windows1252.scalar(UInt8(value))]
        case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0xFDD0...0xFDEF: return []
        default: return value & 0xFFFE == 0xFFFE ? [] : Unicode.Scalar(value).map { [$0] } ?? []
        }
    }

    /// Name, with its semicolon where it has one → text.
    private static let named: [String: String] = HTMLNamedReferences.table()

    /// Names that a database may have upper-cased ("&EACUTE;"), where that is no name itself.
    private static let upperCased: [String: String] = {
        var names: [String: String] = [:]
        for (name, value) in named where name.hasSuffix(";") && name == name.lowercased() {
            let reference = "&" + name.uppercased()
            if String(unescape(Scalars(reference.unicodeScalars))) == reference {
                names[String(name.uppercased().dropLast())] = value.uppercased()
            }
        }
        return names
    }()
}

extension ContiguousArray {
    /// The element, or `nil` past the end.
    subscript(safe index: Int) -> Element? { index < count ? self[index] : nil }
}

extension Unicode.Scalar {
    var isASCIIAlphanumeric: Bool { isASCII && (properties.isAlphabetic || (0x30...0x39).contains(value)) }

    /// The value of an ASCII digit.
    func digit(radix: UInt32) -> UInt32? {
        let digit: UInt32
        switch value {
        case 0x30...0x39: digit = value - 0x30
        case 0x41...0x46: digit = value - 0x41 + 10
        case 0x61...0x66: digit = value - 0x61 + 10
        default: return nil
        }
        return digit < radix ? digit : nil
    }
}
