import Foundation

/// The pictures that schema.org data in JSON-LD describes: an ImageObject by its own caption, the picture of a
/// product, article or recipe by that thing's description. And the licence of it all.
struct LinkedData {
    /// The pictures, in the script's order.
    private(set) var images: [RawImage] = []
    /// The addresses of the licences that its things are under.
    private(set) var licences: Set<String> = []
    /// The script is not JSON.
    private(set) var isBroken = false

    /// Values looked at in one script.
    static let maxValues = 20_000
    /// Pictures taken from one script.
    static let maxImages = 200

    /// Reads one script; one that is empty, or not JSON, has nothing.
    init(_ script: String) {
        guard let root = try? JSONSerialization.jsonObject(with: Data(script.utf8)) else {
            isBroken = script.contains { !$0.isWhitespace }
            return
        }
        var reader = Reader()
        reader.visit(root, depth: 0)
        (images, licences) = (reader.images, reader.licences)
    }

    private struct Reader {
        var images: [RawImage] = []
        var licences: Set<String> = []
        private var left = LinkedData.maxValues

        mutating func visit(_ value: Any, depth: Int) {
            guard left > 0, depth < 32, images.count < LinkedData.maxImages else { return }
            left -= 1
            if let list = value as? [Any] {
                for item in list { visit(item, depth: depth + 1) }
            } else if let object = value as? [String: Any] {
                if let licence = licence(object["license"]) { licences.insert(licence) }
                if types(object).contains("ImageObject") { add(object, texts: texts(object)) }
                for key in ["image", "photo", "primaryImageOfPage"] {
                    pictures(object[key], of: object)
                }
                // Sorted, so that the order does not depend on hashing.
                for key in object.keys.sorted() { object[key].map { visit($0, depth: depth + 1) } }
            }
        }

        /// The pictures of a thing: an address, an object or a list of both.
        private mutating func pictures(_ value: Any?, of thing: [String: Any]) {
            for item in (value as? [Any]) ?? value.map({ [$0] }) ?? [] {
                if let address = item as? String {
                    append(RawImage(references: [address], texts: texts(thing)))
                } else if let object = item as? [String: Any], texts(object).isEmpty {
                    add(object, texts: texts(thing))
                }
            }
        }

        private mutating func add(_ object: [String: Any], texts: [RankedText]) {
            let address = ["contentUrl", "url", "@id"].lazy.compactMap { object[$0] as? String }.first
            guard let address else { return }
            var image = RawImage(references: [address], texts: texts)
            image.width = pixels(object["width"])
            image.height = pixels(object["height"])
            append(image)
        }

        private mutating func append(_ image: RawImage) {
            if images.count < LinkedData.maxImages, !image.texts.isEmpty { images.append(image) }
        }

        /// A licence is an address, or a thing with one.
        private func licence(_ value: Any?) -> String? {
            let address =
                value as? String ?? (value as? [String: Any]).flatMap { ($0["@id"] ?? $0["url"]) as? String }
            return address.flatMap { $0.hasPrefix("http://") || $0.hasPrefix("https://") ? $0 : nil }
        }

        private func types(_ object: [String: Any]) -> [String] {
            (object["@type"] as? [String]) ?? (object["@type"] as? String).map { [$0] } ?? []
        }

        private func texts(_ object: [String: Any]) -> [RankedText] {
            ["caption", "description", "headline", "name"].compactMap { key in
                let value = object[key] as? String ?? (object[key] as? [String: Any])?["text"] as? String
                return value.map { RankedText(.jsonLD, $0) }
            }
        }

        private func pixels(_ value: Any?) -> Int? {
            (value as? Int) ?? (value as? String).flatMap(ImageElement.pixels)
        }
    }
}
