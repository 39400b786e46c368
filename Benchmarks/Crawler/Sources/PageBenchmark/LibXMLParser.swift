import CLibXML2

/// libxml2's push parser over a page, telling nobody what it finds.
enum LibXMLParser {
    private static let chunkBytes = 32_768

    static func parse(_ html: String) {
        var handler = htmlSAXHandler()
        handler.startElement = { _, _, _ in }
        handler.endElement = { _, _ in }
        handler.characters = { _, _, _ in }
        handler.ignorableWhitespace = { _, _, _ in }
        handler.cdataBlock = { _, _, _ in }
        guard let context = htmlCreatePushParserCtxt(&handler, nil, nil, 0, nil, XML_CHAR_ENCODING_UTF8)
        else { return }
        let options = [
            HTML_PARSE_RECOVER, HTML_PARSE_NOERROR, HTML_PARSE_NOWARNING, HTML_PARSE_NONET,
            HTML_PARSE_IGNORE_ENC,
        ]
        htmlCtxtUseOptions(context, Int32(options.reduce(0) { $0 | $1.rawValue }))
        var html = html
        html.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                var offset = 0
                while offset < text.count {
                    let count = min(chunkBytes, text.count - offset)
                    let isLast: Int32 = offset + count == text.count ? 1 : 0
                    htmlParseChunk(context, text.baseAddress?.advanced(by: offset), Int32(count), isLast)
                    offset += count
                }
            }
        }
        htmlFreeParserCtxt(context)
    }
}
