/// Makes a caption of what the markup says, or decides that it is none. The rules look at the text and the
/// picture's own address only; `repeated` looks at the page. DESIGN.md of this folder lists them.
struct TextCleaner {
    /// The version of the rules; a store is bound to it.
    static let version = 2
    /// Longer texts are not captions (COYO-700M: 1,000 characters).
    static let maxCharacters = 1_000
    /// So many different pictures of one page with the same text, and the text is boilerplate.
    static let repeatedFrom = 5

    /// The clean text, or nil when nothing of use is left.
    static func clean(_ raw: String) -> String? {
        let text = withoutPilcrow(collapse(raw.utf8.contains(UInt8(ascii: "&")) ? unescape(raw) : raw))
        guard text.utf8.count >= 2, text.unicodeScalars.count <= maxCharacters, hasLetter(text) else {
            return nil
        }
        if isAddress(text) || FileNames.isFileName(text) || GenericWords.isGeneric(text) { return nil }
        return text
    }

    /// Without the mark that many a heading ends with, a link to itself.
    private static func withoutPilcrow(_ text: String) -> String {
        guard text.last == "¶" else { return text }
        return String(text.dropLast().reversed().drop(while: \.isWhitespace).reversed())
    }

    private static func hasLetter(_ text: String) -> Bool {
        if text.utf8.contains(where: { (97...122).contains($0 | 32) && $0 < 0x80 }) { return true }
        return text.unicodeScalars.contains { !$0.isASCII && $0.properties.isAlphabetic }
    }

    /// The sources whose texts are boilerplate when they repeat. Texts of the whole page (Open Graph, JSON-LD,
    /// headings, a gallery's caption) are shared on purpose.
    static func countsRepeats(_ source: TextSource) -> Bool {
        [.alt, .title, .ariaLabel, .linkText].contains(source)
    }

    /// One space for every run of white space, none at the ends; invisible and control characters and tags go.
    static func collapse(_ raw: String) -> String {
        if isCollapsed(raw) { return raw }
        var out = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in withoutTags(raw).unicodeScalars {
            if scalar.properties.isWhitespace {
                pendingSpace = !out.isEmpty
            } else if !isInvisible(scalar) {
                if pendingSpace { out.append(" ") }
                pendingSpace = false
                out.append(scalar)
            }
        }
        return String(out)
    }

    /// Plain ASCII without tags, control characters or a space too many: nothing to do, as for most texts.
    private static func isCollapsed(_ raw: String) -> Bool {
        var last = UInt8(ascii: " ")
        for byte in raw.utf8 {
            guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "<"), byte != 0x20 || last != 0x20 else {
                return false
            }
            last = byte
        }
        return last != 0x20
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        // The joiners shape letters in Persian and Indic scripts and hold emoji together.
        if scalar.value == 0x200C || scalar.value == 0x200D { return false }
        return switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .unassigned: true
        default: scalar.value == 0xFFFD
        }
    }

    private static func withoutTags(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "<")) else { return text }
        var out = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "<") {
            out += rest[..<open]
            let inside = rest[rest.index(after: open)...]
            let name = inside.first == "/" ? inside.dropFirst() : inside
            let close = inside.firstIndex { $0 == ">" || $0 == "<" }
            if let first = name.first, first.isASCII, first.isLetter, let close, inside[close] == ">" {
                out += " "
                rest = inside[inside.index(after: close)...]
            } else {
                out += "<"
                rest = inside
            }
        }
        return out + rest
    }

    private static func isAddress(_ text: String) -> Bool {
        guard !text.contains(" ") else { return false }
        let lower = text.prefix(12).lowercased()
        return ["http://", "https://", "www.", "data:", "//"].contains { lower.hasPrefix($0) }
    }

    /// Resolves character references once more: pages escape twice. Unknown ones stay.
    static func unescape(_ text: String) -> String {
        var out = ""
        var rest = text[...]
        while let ampersand = rest.firstIndex(of: "&") {
            out += rest[..<ampersand]
            rest = rest[ampersand...]
            let body = rest.dropFirst().prefix(32)
            if let end = body.firstIndex(of: ";"), let text = reference(named: body[..<end]) {
                out += text
                rest = rest[body.index(after: end)...]
            } else {
                out += "&"
                rest = rest.dropFirst()
            }
        }
        return out + rest
    }

    private static func reference(named name: Substring) -> String? {
        if name.hasPrefix("#x") || name.hasPrefix("#X") {
            return UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init).map { String($0) }
        }
        if name.hasPrefix("#") {
            return UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init).map { String($0) }
        }
        return MarkupText.reference(named: name)
    }
}
