/// Turns wiki markup into running text for counting words.
///
/// What is kept: prose, headings, list items, the visible part of links, the text inside formatting tags. What goes:
/// templates, tables, files, categories, comments, references, formulas, code, addresses and markup signs. It is no
/// MediaWiki parser: templates are not expanded, and an opener without its closer is dropped alone. Where something
/// large went, a newline stays, so that no two words become neighbours that were not. Time is linear in the text, whatever
/// it holds.
struct WikitextStripper {
    private let text: [UInt8]
    /// Where each `{{`, `{|` and `[[` that is closed has its closer.
    private let closers: [Int: Int]
    private var output: [UInt8] = []
    private var position = 0
    /// Closers that do not occur any more from here on, so that nobody looks for them twice.
    private var missing: Set<[UInt8]> = []

    /// Elements whose content is no prose.
    private static let droppedElements: Set<String> = [
        "ref", "math", "source", "syntaxhighlight", "gallery", "timeline", "score", "graph", "imagemap",
        "code", "pre",
        "chem", "hiero", "templatedata", "mapframe", "maplink", "references",
    ]
    private static let droppedNamespaces: Set<String> = ["file", "image", "category", "media"]
    /// Elements that run on within a line.
    private static let inlineElements: Set<String> = [
        "b", "i", "u", "s", "em", "strong", "small", "big", "sub", "sup", "span", "font", "nowiki", "abbr",
        "cite", "q",
        "var", "del", "ins", "tt", "kbd",
    ]
    private static let maxTagBytes = 2_000

    /// The running text of some markup, in UTF-8.
    static func strip(_ text: [UInt8]) -> [UInt8] {
        var stripper = WikitextStripper(text)
        stripper.run()
        return stripper.output.withUnsafeBytes(XMLText.unescape)
    }

    private init(_ text: [UInt8]) {
        self.text = text
        closers = Self.closers(in: text)
        output.reserveCapacity(text.count)
    }

    private mutating func run() {
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "{"): brace()
            case UInt8(ascii: "["): bracket()
            case UInt8(ascii: "<"): angle()
            case UInt8(ascii: "'") where starts("''"):
                while position < text.count, text[position] == UInt8(ascii: "'") { position += 1 }
            case UInt8(ascii: "]") where starts("]]"), UInt8(ascii: "}") where starts("}}"): position += 2
            case UInt8(ascii: "h") where starts("http://") || starts("https://"): skipAddress()
            case UInt8(ascii: "_") where starts("__"): behaviourSwitch()
            default:
                output.append(text[position])
                position += 1
            }
        }
    }

    /// A template or a table.
    private mutating func brace() {
        if let closer = closers[position] {
            position = closer
            output.append(UInt8(ascii: "\n"))
        } else {
            position += 1
        }
    }

    /// A link: only what a reader sees of it.
    private mutating func bracket() {
        guard starts("[["), let closer = closers[position] else {
            position += 1
            if starts("http") || starts("//") { skipAddress() }
            output.append(UInt8(ascii: "\n"))
            return
        }
        let inside = position + 2..<closer - 2
        let target = inside.prefix { text[$0] != UInt8(ascii: "|") }
        let namespace = target.prefix { text[$0] != UInt8(ascii: ":") }
        if namespace.count < target.count, Self.droppedNamespaces.contains(word(namespace)) {
            position = closer
            output.append(UInt8(ascii: "\n"))
        } else {
            // Past the target and its bar; the closing brackets fall when they come.
            position = target.count < inside.count ? target.endIndex + 1 : inside.lowerBound
        }
    }

    /// A comment, a tag or an element.
    private mutating func angle() {
        if starts("<!--") {
            skip(past: Array("-->".utf8), orBy: 4)
            return
        }
        let nameStart = position + (starts("</") ? 2 : 1)
        let name = word((nameStart..<text.count).prefix { Self.isLetter(text[$0]) })
        guard !name.isEmpty, let end = tagEnd() else {
            // Kept, because it parts words.
            output.append(text[position])
            position += 1
            return
        }
        let closesItself = text[end - 1] == UInt8(ascii: "/")
        let isOpening = nameStart == position + 1
        position = end + 1
        if Self.droppedElements.contains(name) {
            output.append(UInt8(ascii: " "))
            if isOpening, !closesItself { skip(past: Array("</\(name)>".utf8), orBy: 0) }
        } else if !Self.inlineElements.contains(name) {
            output.append(UInt8(ascii: "\n"))
        }
    }

    /// Where the tag that starts here has its ">".
    private func tagEnd() -> Int? {
        text.withUnsafeBytes { bytes in
            UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, position + Self.maxTagBytes)])
                .firstIndex(of: UInt8(ascii: ">"), from: position)
        }
    }

    /// "__NOTOC__" and its like.
    private mutating func behaviourSwitch() {
        let name = (position + 2..<text.count).prefix { Self.isLetter(text[$0]) }
        position = name.isEmpty ? position + 2 : name.endIndex
    }

    private mutating func skipAddress() {
        let stops = Array(" \n\t]|<>}\"".utf8)
        while position < text.count, !stops.contains(text[position]) { position += 1 }
    }

    /// Moves behind the next closer, or on by a few bytes where there is none.
    private mutating func skip(past closer: [UInt8], orBy count: Int) {
        let found =
            missing.contains(closer)
            ? nil : text.withUnsafeBytes { $0.firstRange(of: closer, from: position) }
        if let found {
            position = found + closer.count
        } else {
            missing.insert(closer)
            position += count
        }
    }

    private func starts(_ mark: StaticString) -> Bool {
        let count = mark.utf8CodeUnitCount
        guard count <= text.count - position else { return false }
        for offset in 0..<count where text[position + offset] != mark.utf8Start[offset] { return false }
        return true
    }

    private func word(_ range: some Collection<Int>) -> String {
        String(decoding: range.prefix(32).map { text[$0] }, as: UTF8.self).lowercased()
            .filter { $0 != " " }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// Pairs openers with closers, each kind with its own stack; the value is the place behind the closer.
    private static func closers(in text: [UInt8]) -> [Int: Int] {
        var open: [UInt8: [Int]] = [:]
        var closers: [Int: Int] = [:]
        var index = 0
        while index + 1 < text.count {
            let (first, second) = (text[index], text[index + 1])
            switch (first, second) {
            case (UInt8(ascii: "{"), UInt8(ascii: "{")), (UInt8(ascii: "{"), UInt8(ascii: "|")),
                (UInt8(ascii: "["), UInt8(ascii: "[")):
                open[second, default: []].append(index)
                index += 2
            case (UInt8(ascii: "}"), UInt8(ascii: "}")): index = close(UInt8(ascii: "{"), at: index)
            case (UInt8(ascii: "|"), UInt8(ascii: "}")) where !(open[UInt8(ascii: "|")]?.isEmpty ?? true):
                index = close(UInt8(ascii: "|"), at: index)
            case (UInt8(ascii: "]"), UInt8(ascii: "]")): index = close(UInt8(ascii: "["), at: index)
            default: index += 1
            }
        }
        func close(_ kind: UInt8, at index: Int) -> Int {
            if let start = open[kind]?.popLast() { closers[start] = index + 2 }
            return index + 2
        }
        return closers
    }
}
