/// Splits cleaned text into the words that byte-pair encoding works on. CLIP's pattern, tried in this order:
/// the contractions 's 't 're 've 'm 'll 'd, runs of letters, single numbers, runs of anything else but white space.
enum WordSplitter {
    /// Calls `body` with the UTF-8 of each word.
    static func forEachWord(of text: Scalars, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var word: [UInt8] = []
        var index = 0
        while index < text.count {
            let end = endOfWord(text, at: index)
            if end == index {
                index += 1
                continue
            }
            word.removeAll(keepingCapacity: true)
            for scalar in text[index..<end] {
                word += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
            word.withUnsafeBufferPointer(body)
            index = end
        }
    }

    /// The end of the word at an index; the index itself for white space.
    private static func endOfWord(_ text: Scalars, at start: Int) -> Int {
        if text[start] == "'", let length = contractionLength(text, at: start) { return start + length }
        let kind = kind(of: text[start])
        if kind == .space { return start }
        if kind == .number { return start + 1 }
        var end = start + 1
        while end < text.count, self.kind(of: text[end]) == kind { end += 1 }
        return end
    }

    private static func contractionLength(_ text: Scalars, at quote: Int) -> Int? {
        switch text[safe: quote + 1] {
        // The pattern ignores case, and the long s folds to s.
        case "s", "t", "m", "d", "ſ": 2
        case "r", "v": text[safe: quote + 2] == "e" ? 3 : nil
        case "l": text[safe: quote + 2] == "l" ? 3 : nil
        default: nil
        }
    }

    /// Folded for comparison it is a letter, as written it is none, so the pattern, which ignores case, takes it
    /// neither for a letter nor for anything else: it only ends a word.
    private static let combiningIota: Unicode.Scalar = "\u{345}"

    private enum Kind { case letter, number, space, other }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        let traits = CharacterTraits.of(scalar)
        if traits.contains(.letter) { return .letter }
        if traits.contains(.number) { return .number }
        return traits.contains(.space) || scalar == combiningIota ? .space : .other
    }
}
