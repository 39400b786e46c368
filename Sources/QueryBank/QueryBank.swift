/// A compiled query list: gives every query that occurs in a text.
///
/// A query occurs where its normalised text stands in the normalised text and neither end cuts a word. Between and
/// beside letters of Han, Kana, Thai, Lao and Khmer there is no word to cut; only a letter and its marks stay
/// together. A word `x's` of the text stands for `x` as well.
public struct QueryBank: Sendable {
    /// The list that ids refer to.
    public let list: QueryList
    private let rows: [String: QueryID]
    private let longest: Int

    /// Compiles a list.
    public init(_ list: QueryList) {
        self.list = list
        var rows: [String: QueryID] = [:]
        var longest = 0
        for id in 0..<QueryID(list.count) {
            guard let text = list.text(of: id), !text.isEmpty, rows[text] == nil else { continue }
            rows[text] = id
            longest = max(longest, Self.tokens(text).count)
        }
        self.rows = rows
        self.longest = longest
    }

    /// The queries that occur in a text: ids ascending, each once. Thread safe.
    public func match(_ text: String) -> [QueryID] {
        let tokens = Self.tokens(TextNormaliser().normalise(text))
        var found: Set<QueryID> = []
        for start in tokens.indices {
            var phrases = [""]
            for token in tokens[start..<min(start + longest, tokens.count)] {
                let space = token.isGlued || phrases == [""] ? "" : " "
                phrases = phrases.flatMap { phrase in token.variants.map { phrase + space + $0 } }
                for phrase in phrases {
                    if let id = rows[phrase] { found.insert(id) }
                }
            }
        }
        return found.sorted()
    }

    /// The same for UTF-8 that may be malformed: each ill-formed part separates words.
    public func match(utf8 bytes: UnsafeRawBufferPointer) -> [QueryID] {
        match(String(decoding: bytes, as: UTF8.self))
    }

    private struct Token {
        var text: String
        let isGlued: Bool
        var variants: [String] { text.hasSuffix("'s") ? [text, String(text.dropLast(2))] : [text] }
    }

    private static func tokens(_ normalised: String) -> [Token] {
        var tokens: [Token] = []
        for word in normalised.split(separator: " ") {
            var previous: Unicode.Scalar?
            for scalar in word.unicodeScalars {
                let isMark = [.nonspacingMark, .spacingMark, .enclosingMark].contains(
                    scalar.properties.generalCategory)
                let starts =
                    previous.map {
                        !isMark
                            && (TextNormaliser.matchesBySubstring($0)
                                || TextNormaliser.matchesBySubstring(scalar))
                    } ?? true
                if starts {
                    tokens.append(Token(text: String(scalar), isGlued: previous != nil))
                } else {
                    tokens[tokens.count - 1].text.unicodeScalars.append(scalar)
                }
                if !isMark || previous == nil { previous = scalar }
            }
        }
        return tokens
    }
}
