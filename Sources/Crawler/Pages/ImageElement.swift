/// What an `img` or `source` element says of a picture.
enum ImageElement {
    /// A picture from an `img`: addresses best first, its own texts, its stated size.
    ///
    /// Lazy-loading scripts keep the real picture in other attributes and put a placeholder in `src`, so those
    /// go first; among equals a `srcset` has the larger picture.
    static func read(_ attributes: Attributes, limit: Int) -> RawImage {
        var image = RawImage(references: [])
        var found: [(rank: Int, reference: String)] = []
        attributes.forEach(limit: limit) { name, value in
            if let rank = rank(of: name) {
                let text = String(cString: value)
                let reference = isSet(rank) ? SourceSet.best(text) : text
                if let reference { found.append((rank, reference)) }
            } else if let source = textSource(of: name) {
                image.texts.append(RankedText(source, String(cString: value)))
            } else if name.equals("width") {
                image.width = pixels(String(cString: value))
            } else if name.equals("height") {
                image.height = pixels(String(cString: value))
            }
        }
        image.references = found.sorted { $0.rank < $1.rank }.map(\.reference)
        return image
    }

    /// The address that a `source` inside a `picture` offers, if its format is one that is kept.
    static func source(_ attributes: Attributes, limit: Int) -> String? {
        if let type = attributes.value("type", limit: 128)?.lowercased(), !wantedTypes.contains(type) {
            return nil
        }
        let set = attributes.value("data-srcset", limit: limit) ?? attributes.value("srcset", limit: limit)
        return set.flatMap(SourceSet.best)
    }

    /// A length attribute in pixels; percentages and nonsense say nothing.
    static func pixels(_ text: String) -> Int? {
        let trimmed = text.drop(while: \.isWhitespace)
        let digits = trimmed.prefix { $0.isASCII && $0.isNumber }
        let rest = trimmed[digits.endIndex...].drop(while: \.isWhitespace)
        guard !digits.isEmpty, rest.first != "%" else { return nil }
        return Int(digits)
    }

    private static let wantedTypes = ["image/jpeg", "image/jpg", "image/png", "image/webp", "image/gif"]

    private static func isSet(_ rank: Int) -> Bool { references[rank].isSet }

    private static func rank(of name: UnsafePointer<CChar>) -> Int? {
        references.firstIndex { name.equals($0.name) }
    }

    private static func textSource(of name: UnsafePointer<CChar>) -> TextSource? {
        if name.equals("alt") { return .alt }
        if name.equals("title") { return .title }
        return name.equals("aria-label") ? .ariaLabel : nil
    }

    /// Attributes that hold the picture's address, the best first. The lazy ones are those of lazysizes,
    /// lozad, jQuery Lazy Load, WordPress's a3 and Rocket, and MediaWiki.
    private static let references: [(name: StaticString, isSet: Bool)] = [
        ("data-srcset", true), ("data-lazy-srcset", true), ("data-src", false), ("data-lazy-src", false),
        ("data-original", false), ("data-lazy", false), ("data-hi-res-src", false), ("data-echo", false),
        ("srcset", true), ("src", false),
    ]
}
