import CHTML

/// Runs the reader of CHTML over a page and gives what the page says.
enum MarkupParser {
    /// Reads a whole page; nothing in it makes this fail.
    static func parse(_ html: String, limits: PageLimits = PageLimits()) -> RawPage {
        var html = html
        return html.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { parse($0, limits: limits) }
        }
    }

    private static func parse(_ bytes: UnsafeBufferPointer<CChar>, limits: PageLimits) -> RawPage {
        var builder = PageBuilder(limits: limits)
        guard let start = bytes.baseAddress, let reader = chtml_create(start, bytes.count) else {
            return builder.finish()
        }
        defer { chtml_destroy(reader) }
        var event = chtml_event()
        while chtml_next(reader, &event) {
            switch event.kind {
            case .text:
                builder.text(
                    UnsafeBufferPointer(start: event.text, count: event.length), event.has_references)
            case .edge: builder.separate()
            case .start:
                builder.start(event.element, Attributes(event))
                chtml_want_text(reader, builder.wantsText)
            case .end:
                builder.end(event.element)
                chtml_want_text(reader, builder.wantsText)
            }
        }
        return builder.finish()
    }
}
