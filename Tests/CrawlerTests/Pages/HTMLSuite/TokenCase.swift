import CHTML

@testable import Crawler

/// A case of the tokenizer's tests of Go's x/net/html: some markup and its tokens as that package prints them.
struct TokenCase: Decodable {
    let name: String
    let html: String
    let tokens: [String]

    /// What CHTML's tokenizer makes of some markup, printed alike.
    static func tokens(of html: String) -> [String] {
        var printed: [String] = []
        Array(html.utf8).withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
            var tokenizer = chtml_tokenizer()
            chtml_tokenizer_init(&tokenizer, start, bytes.count)
            tokenizer.records_all = true
            var token = chtml_token()
            while chtml_tokenizer_next(&tokenizer, &token) { printed.append(print(token, &tokenizer)) }
        }
        return printed
    }

    private static func print(_ token: chtml_token, _ tokenizer: inout chtml_tokenizer) -> String {
        let bytes = UnsafeBufferPointer(start: token.bytes, count: token.length)
        switch token.kind {
        case .start:
            let end = token.self_closing ? "/>" : ">"
            return "<" + name(bytes) + attributes(of: &tokenizer) + end
        case .end: return "</" + name(bytes) + ">"
        case .text: return escape(MarkupText.string(bytes, resolving: token.has_references))
        case .comment: return "<!--" + escape(MarkupText.string(bytes, resolving: false)) + "-->"
        case .doctype:
            let text = MarkupText.string(bytes, resolving: false).drop { $0 == " " }
            return "<!DOCTYPE " + escape(String(text)) + ">"
        }
    }

    private static func name(_ bytes: UnsafeBufferPointer<CChar>) -> String {
        MarkupText.string(bytes, resolving: false, inAttribute: true).lowercased()
    }

    private static func attributes(of tokenizer: inout chtml_tokenizer) -> String {
        let count = tokenizer.attribute_count
        return withUnsafePointer(to: &tokenizer.attributes) { all in
            all.withMemoryRebound(to: chtml_attribute.self, capacity: count) { attributes in
                (0..<count).map { place in
                    let attribute = attributes[place]
                    let written = UnsafeBufferPointer(start: attribute.name, count: attribute.name_length)
                    return " \(name(written))=\"\(escape(attribute.text))\""
                }.joined()
            }
        }
    }

    private static func escape(_ text: String) -> String {
        text.map { ["&": "&amp;", "'": "&#39;", "<": "&lt;", ">": "&gt;", "\"": "&#34;"][$0] ?? String($0) }
            .joined()
    }
}
