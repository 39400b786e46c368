import CHTML

/// What an `img` or `source` element says of a picture.
enum ImageElement {
    /// A picture from an `img`: addresses best first, its own texts, its stated size.
    ///
    /// Lazy-loading scripts keep the real picture in other attributes and put a placeholder in `src`, so those
    /// go first; among equals a `srcset` has the larger picture.
    static func read(_ attributes: Attributes, limit: Int) -> RawImage {
        var image = RawImage(references: [])
        var found: [(rank: Int, reference: String)] = []
        attributes.forEach(limit: limit) { attribute in
            if let rank = rank(of: attribute) {
                let reference = isSet(rank) ? SourceSet.best(attribute.text) : attribute.text
                if let reference { found.append((rank, reference)) }
            } else if let source = textSource(of: attribute) {
                image.texts.append(RankedText(source, attribute.text))
            } else if attribute.isNamed("width") {
                image.width = pixels(attribute.text)
            } else if attribute.isNamed("height") {
                image.height = pixels(attribute.text)
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

    private static func rank(of attribute: chtml_attribute) -> Int? {
        references.firstIndex { attribute.isNamed($0.name) }
    }

    private static func textSource(of attribute: chtml_attribute) -> TextSource? {
        if attribute.isNamed("alt") { return .alt }
        if attribute.isNamed("title") { return .title }
        return attribute.isNamed("aria-label") ? .ariaLabel : nil
    }

    /// Attributes that hold the picture's address, the best first. The lazy ones are those of lazysizes,
    /// lozad, jQuery Lazy Load, WordPress's a3 and Rocket, and MediaWiki.
    private static let references: [(name: StaticString, isSet: Bool)] = [
        ("data-srcset", true), ("data-lazy-srcset", true), ("data-src", false), ("data-lazy-src", false),
        ("data-original", false), ("data-lazy", false), ("data-hi-res-src", false), ("data-echo", false),
        ("srcset", true), ("src", false),
    ]
}
