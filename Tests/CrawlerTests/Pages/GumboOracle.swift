import CGumbo

/// Links and pictures of a page by gumbo, an implementation of the HTML5 algorithm.
struct GumboOracle {
    /// Addresses of `a`, `area`, `frame` and `iframe`, as written.
    private(set) var links: [String: Int] = [:]
    /// `src` and `alt` of `img`.
    private(set) var images: [String: Int] = [:]

    init(_ html: String) {
        var html = html
        html.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                var options = kGumboDefaultOptions
                guard let output = gumbo_parse_with_options(&options, text.baseAddress, text.count) else {
                    return
                }
                walk(output.pointee.root)
                gumbo_destroy_output(&options, output)
            }
        }
    }

    private mutating func walk(_ root: UnsafeMutablePointer<GumboNode>?) {
        var open = [root]
        while let next = open.popLast() {
            guard let node = next?.pointee, node.type == GUMBO_NODE_ELEMENT else { continue }
            var element = node.v.element
            read(&element)
            for place in 0..<Int(element.children.length) {
                open.append(element.children.data[place]?.assumingMemoryBound(to: GumboNode.self))
            }
        }
    }

    private mutating func read(_ element: inout GumboElement) {
        switch element.tag {
        case GUMBO_TAG_A, GUMBO_TAG_AREA: note(attribute("href", &element), &links)
        case GUMBO_TAG_FRAME, GUMBO_TAG_IFRAME: note(attribute("src", &element), &links)
        case GUMBO_TAG_IMG:
            if let source = attribute("src", &element) {
                note(source + " " + (attribute("alt", &element) ?? ""), &images)
            }
        default: break
        }
    }

    private func note(_ value: String?, _ counts: inout [String: Int]) {
        if let value { counts[value, default: 0] += 1 }
    }

    private func attribute(_ name: String, _ element: inout GumboElement) -> String? {
        gumbo_get_attribute(&element.attributes, name).map { String(cString: $0.pointee.value) }
    }
}
