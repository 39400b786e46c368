import CXML

/// Runs libxml2's push parser over a page and gives what the page says.
enum MarkupParser {
    /// Bytes handed over at a time, small enough to stay in the cache.
    private static let chunkBytes = 32_768

    /// Reads a whole page; nothing in it makes this fail.
    static func parse(_ html: String, limits: PageLimits = PageLimits()) -> RawPage {
        let box = Box(PageBuilder(limits: limits))
        var html = html
        html.withUTF8 { feed(UnsafeRawBufferPointer($0), to: box) }
        return box.builder.finish()
    }

    private static func feed(_ bytes: UnsafeRawBufferPointer, to box: Box) {
        var handler = cxml_handler(
            context: Unmanaged.passUnretained(box).toOpaque(),
            start: { context, tag, attributes in Box.of(context)?.builder.start(tag, Attributes(attributes))
            },
            end: { context, tag in Box.of(context)?.builder.end(tag) },
            text: { context, bytes, length in
                Box.of(context)?.builder.text(UnsafeRawBufferPointer(start: bytes, count: length))
            })
        guard let parser = cxml_create(&handler) else { return }
        defer { cxml_destroy(parser) }
        var offset = 0
        while offset < bytes.count {
            let count = min(chunkBytes, bytes.count - offset)
            let start = bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
            offset += count
            guard cxml_feed(parser, start, count, offset == bytes.count) else {
                box.builder.cut()
                return
            }
        }
    }

    /// Carries the builder through the C callbacks.
    private final class Box {
        var builder: PageBuilder

        init(_ builder: PageBuilder) { self.builder = builder }

        static func of(_ context: UnsafeMutableRawPointer?) -> Box? {
            context.map { Unmanaged<Box>.fromOpaque($0).takeUnretainedValue() }
        }
    }
}
