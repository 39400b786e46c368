/// The pictures that Open Graph (ogp.me, "structured properties") and Twitter cards name.
enum CardImages {
    static func read(_ metas: [(name: String, content: String)]) -> [RawImage] {
        openGraph(metas) + twitter(metas)
    }

    private static func openGraph(_ metas: [(name: String, content: String)]) -> [RawImage] {
        var images: [RawImage] = []
        for (name, content) in metas {
            switch name {
            case "og:image", "og:image:url": images.append(RawImage(references: [content]))
            case "og:image:secure_url":
                if images.isEmpty { images.append(RawImage(references: [content])) }
            case "og:image:alt": images.last(append: RankedText(.ogImageAlt, content))
            case "og:image:width": images.setLast(\.width, ImageElement.pixels(content))
            case "og:image:height": images.setLast(\.height, ImageElement.pixels(content))
            default: break
            }
        }
        let shared = texts(metas, [("og:description", .ogDescription), ("og:title", .ogTitle)])
        for index in images.indices { images[index].texts += shared }
        return images
    }

    private static func twitter(_ metas: [(name: String, content: String)]) -> [RawImage] {
        let named = metas.first { $0.name == "twitter:image" || $0.name == "twitter:image:src" }
        guard let named else { return [] }
        let texts = texts(
            metas,
            [
                ("twitter:image:alt", .twitterImageAlt), ("twitter:description", .twitterDescription),
                ("twitter:title", .twitterTitle),
            ])
        return [RawImage(references: [named.content], texts: texts)]
    }

    private static func texts(
        _ metas: [(name: String, content: String)], _ wanted: [(name: String, source: TextSource)]
    ) -> [RankedText] {
        wanted.compactMap { name, source in
            metas.first { $0.name == name }.map { RankedText(source, $0.content) }
        }
    }
}

extension [RawImage] {
    /// Adds a text to the last picture, if there is one.
    fileprivate mutating func last(append text: RankedText) {
        guard !isEmpty else { return }
        self[count - 1].texts.append(text)
    }

    /// Sets a property of the last picture, if there is one.
    fileprivate mutating func setLast(_ path: WritableKeyPath<RawImage, Int?>, _ value: Int?) {
        guard !isEmpty else { return }
        self[count - 1][keyPath: path] = value
    }
}
