/// One entry of a `srcset` attribute.
struct SourceSetEntry: Equatable {
    var url: String
    /// `640w`: the picture's width in pixels.
    var width: Double?
    /// `2x`: pixels for each CSS pixel.
    var density: Double?
}

/// The `srcset` attribute (HTML standard, "parsing a srcset attribute").
enum SourceSet {
    /// Wider pictures are not asked for while a narrower one is offered: models look at 224–448 pixels.
    static let wantedWidth = 2_048.0
    /// Entries read; a picture has no more sizes than that.
    static let maxEntries = 64

    /// The entries in the page's order; a malformed descriptor loses its entry only.
    static func parse(_ text: String) -> [SourceSetEntry] {
        var entries: [SourceSetEntry] = []
        var rest = Substring(text).utf8[...]
        while entries.count < maxEntries {
            rest = rest.drop { isSpace($0) || $0 == comma }
            guard !rest.isEmpty else { break }
            var url = rest.prefix { !isSpace($0) }
            rest = rest[url.endIndex...]
            var descriptors: Substring.UTF8View = rest[rest.startIndex..<rest.startIndex]
            if url.last == comma {
                while url.last == comma { url.removeLast() }
            } else {
                descriptors = takeDescriptors(&rest)
            }
            guard !url.isEmpty, let name = String(url) else { continue }
            if let entry = entry(url: name, descriptors: String(descriptors) ?? "") { entries.append(entry) }
        }
        return entries
    }

    /// The largest picture that is not wider than useful, else the narrowest.
    static func best(_ text: String) -> String? {
        let entries = parse(text)
        guard entries.contains(where: { $0.width != nil }) else {
            return entries.max { ($0.density ?? 1) < ($1.density ?? 1) }?.url
        }
        let sized = entries.filter { $0.width != nil }
        let fitting = sized.filter { ($0.width ?? 0) <= wantedWidth }
        return
            (fitting.max { ($0.width ?? 0) < ($1.width ?? 0) }
            ?? sized.min { ($0.width ?? 0) < ($1.width ?? 0) })?
            .url
    }

    /// Text up to the comma that ends the entry; commas inside parentheses belong to a descriptor.
    private static func takeDescriptors(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
        var depth = 0
        let taken = rest.prefix { byte in
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")"), depth > 0 { depth -= 1 }
            return !(byte == comma && depth == 0)
        }
        rest = rest[taken.endIndex...].dropFirst()
        return taken
    }

    private static func entry(url: String, descriptors: String) -> SourceSetEntry? {
        var entry = SourceSetEntry(url: url)
        for descriptor in descriptors.split(whereSeparator: \.isWhitespace) {
            guard let unit = descriptor.last, let value = Double(descriptor.dropLast()), value > 0,
                value.isFinite
            else { return nil }
            switch unit {
            case "w" where entry.width == nil && entry.density == nil: entry.width = value
            case "x" where entry.density == nil && entry.width == nil: entry.density = value
            case "h": continue
            default: return nil
            }
        }
        return entry
    }

    private static let comma = UInt8(ascii: ",")
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
