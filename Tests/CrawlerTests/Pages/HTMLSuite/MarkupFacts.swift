import CHTML
import Foundation

@testable import Crawler

/// What the reader of markup claims to find out of a page: which of the elements that a crawler acts on are there, with
/// their attributes, and the text that is not hidden, white space aside.
struct MarkupFacts: Equatable {
    var elements: Set<String> = []
    var text = ""

    /// The elements whose attributes are claimed, too.
    static let described: Set<String> = [
        "a", "area", "base", "frame", "iframe", "html", "img", "link", "meta", "script", "source",
    ]
    /// Elements that the reader tells apart only by their kind.
    static let kinds: [String: String] = [
        "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
        "figure": "figure", "figcaption": "figcaption", "picture": "picture", "style": "style",
        "title": "title",
    ]
    /// Elements whose text is never shown.
    static let hiding: Set<String> = ["iframe", "noembed", "noframes"]

    mutating func addText(_ more: String) {
        text.unicodeScalars.append(
            contentsOf: more.unicodeScalars.filter { !" \t\n\r\u{C}".unicodeScalars.contains($0) })
    }
}

extension MarkupFacts {
    /// What CHTML's reader makes of some markup.
    init(reading markup: [UInt8]) {
        markup.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard let start, let reader = chtml_create(start, bytes.count) else { return }
            defer { chtml_destroy(reader) }
            chtml_want_text(reader, true)
            var event = chtml_event()
            while chtml_next(reader, &event) { note(event) }
        }
    }

    private mutating func note(_ event: chtml_event) {
        if event.kind == .text {
            let bytes = UnsafeBufferPointer(start: event.text, count: event.length)
            addText(MarkupText.string(bytes, resolving: event.has_references))
        } else if event.kind == .start {
            let attributes = UnsafeBufferPointer(start: event.attributes, count: event.attribute_count).map {
                let name = UnsafeBufferPointer(start: $0.name, count: $0.name_length)
                return (MarkupText.string(name, resolving: false, inAttribute: true).lowercased(), $0.text)
            }
            add(Self.name(of: event.element), attributes)
        }
    }

    private static func name(of element: chtml_element) -> String {
        switch element {
        case .none: "none"
        case .anchor: "a"
        case .area: "area"
        case .base: "base"
        case .figcaption: "figcaption"
        case .figure: "figure"
        case .frame: "frame"
        case .heading: "heading"
        case .html: "html"
        case .img: "img"
        case .link: "link"
        case .meta: "meta"
        case .picture: "picture"
        case .script: "script"
        case .source: "source"
        case .style: "style"
        case .title: "title"
        }
    }

    private mutating func add(_ element: String, _ attributes: [(name: String, value: String)]) {
        let isDescribed = Self.described.contains(element)
        // A document has an html element, whether it is written or not: only its attributes say something.
        guard element != "html" || !attributes.isEmpty else { return }
        let described = isDescribed ? attributes.map { "\($0.name)=\($0.value)" }.sorted() : []
        elements.insert(([element] + described).joined(separator: " "))
    }
}

extension MarkupFacts {
    /// What a tree in the suite's notation has.
    init(tree: [String]) {
        // (depth, element) of the open ones; attributes follow their element.
        var open: [(depth: Int, name: String)] = []
        var pending: (name: String, attributes: [(name: String, value: String)])?
        for node in Self.nodes(tree) {
            let content = node.content
            if content.hasPrefix("<"), content.hasSuffix(">"), !content.hasPrefix("<!") {
                flush(&pending)
                open.removeAll { $0.depth >= node.depth }
                let name = String(content.dropFirst().dropLast())
                open.append((node.depth, name))
                pending = (name, [])
            } else if content.hasPrefix("\"") {
                flush(&pending)
                open.removeAll { $0.depth >= node.depth }
                if !Self.hiding.contains(open.last?.name ?? "") {
                    addText(String(content.dropFirst().dropLast()))
                }
            } else if !content.hasPrefix("<!"), content != "content", let equals = content.range(of: "=\"") {
                let name = String(content[..<equals.lowerBound]).replacing(" ", with: ":")
                pending?.attributes.append((name, String(content[equals.upperBound...].dropLast())))
            }
        }
        flush(&pending)
    }

    private mutating func flush(_ pending: inout (name: String, attributes: [(name: String, value: String)])?)
    {
        guard let (written, attributes) = pending else { return }
        pending = nil
        // Of SVG and MathML the reader tells only these.
        let isForeign = written.hasPrefix("svg ") || written.hasPrefix("math ")
        let name = isForeign ? String(written.drop { $0 != " " }.dropFirst()) : written
        if isForeign, !["a", "script", "style", "title"].contains(name) { return }
        if Self.described.contains(name) { add(name == "iframe" ? "frame" : name, attributes) }
        if let kind = Self.kinds[name] { add(kind, []) }
    }

    /// Nodes of a tree, each with its depth; text may go on over several lines.
    private static func nodes(_ tree: [String]) -> [(depth: Int, content: String)] {
        var nodes: [(depth: Int, content: String)] = []
        for line in tree {
            if line.hasPrefix("| ") {
                let content = line.dropFirst(2).drop { $0 == " " }
                nodes.append((line.count - content.count, String(content)))
            } else if !nodes.isEmpty {
                nodes[nodes.count - 1].content += "\n" + line
            }
        }
        // The empty line that ends a case is not the text's.
        return nodes.map { node in
            var content = node.content[...]
            while content.last == "\n" { content.removeLast() }
            return (node.depth, String(content))
        }
    }
}
