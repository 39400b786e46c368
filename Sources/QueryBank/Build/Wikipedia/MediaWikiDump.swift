internal import Foundation

/// Pages of a MediaWiki XML dump (export schema 0.10 and 0.11), one at a time.
///
/// A dump is gigabytes, so it is cut at `<page>` and `</page>` rather than parsed whole; inside, `<` is always escaped,
/// which makes the cut exact. Plain, gzip and bzip2 files are read, "multistream" ones included. Memory is one page.
struct MediaWikiDump {
    /// What is of use in a page.
    struct Page {
        let title: String
        /// 0 for articles.
        let namespace: Int
        /// The title that the page redirects to.
        let redirect: String?
        /// Wiki markup of the last revision in the dump.
        let text: [UInt8]
    }

    /// What was left out.
    struct Skipped: Equatable {
        /// Pages larger than `maxPageBytes`.
        var tooLong = 0
        /// Pages without a title or a namespace.
        var malformed = 0
    }

    let path: String
    /// Wikipedia's longest article is 2 MiB; escaping can multiply that by six.
    var maxPageBytes = 16 << 20

    private static let pageStart = Array("<page>".utf8)
    private static let pageEnd = Array("</page>".utf8)

    /// Hands on every page; `progress` is told the share of the file that has been read, where that is known.
    func forEachPage(
        progress: (Double?) -> Void, _ body: (Page) throws -> Void
    ) throws -> Skipped {
        let stream = try ByteStream(path: path)
        var skipped = Skipped()
        var cutter = PageCutter(maxPageBytes: maxPageBytes)
        var pages = 0
        try stream.forEachPiece { piece in
            try cutter.add(piece) { page in
                pages += 1
                if let page = Self.parse(page) { try body(page) } else { skipped.malformed += 1 }
            }
            progress(stream.positionOnDisk.map { Double($0) / Double(max(stream.sizeOnDisk, 1)) })
        }
        skipped.tooLong = cutter.tooLong
        guard pages > 0 else {
            throw QueryBankError(.badFormat, "\(path): no <page> in it; a dump is …-pages-articles.xml.bz2")
        }
        guard !cutter.isInPage else {
            throw QueryBankError(.badFormat, "\(path): ends inside a page; fetch it again")
        }
        return skipped
    }

    private static func parse(_ page: UnsafeRawBufferPointer) -> Page? {
        guard let title = element("title", in: page), let namespace = element("ns", in: page),
            let number = Int(namespace.text)
        else { return nil }
        return Page(
            title: String(decoding: XMLText.unescape(title), as: UTF8.self), namespace: number,
            redirect: redirect(in: page), text: lastText(in: page).map(XMLText.unescape) ?? [])
    }

    /// The content of the first element of a name that has no attributes.
    private static func element(_ name: String, in page: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let open = Array("<\(name)>".utf8)
        guard let start = page.firstRange(of: open, from: 0),
            let end = page.firstRange(of: Array("</\(name)>".utf8), from: start + open.count)
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: page[start + open.count..<end])
    }

    private static func redirect(in page: UnsafeRawBufferPointer) -> String? {
        let open = Array("<redirect title=\"".utf8)
        guard let start = page.firstRange(of: open, from: 0),
            let end = page.firstIndex(of: UInt8(ascii: "\""), from: start + open.count)
        else { return nil }
        let title = UnsafeRawBufferPointer(rebasing: page[start + open.count..<end])
        return String(decoding: XMLText.unescape(title), as: UTF8.self)
    }

    private static func lastText(in page: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var found: UnsafeRawBufferPointer?
        var position = 0
        while let start = page.firstRange(of: Array("<text".utf8), from: position),
            let tagEnd = page.firstIndex(of: UInt8(ascii: ">"), from: start)
        {
            position = tagEnd + 1
            // An empty text is a tag that closes itself.
            if page[tagEnd - 1] == UInt8(ascii: "/") { continue }
            guard let end = page.firstRange(of: Array("</text>".utf8), from: position) else { break }
            found = UnsafeRawBufferPointer(rebasing: page[position..<end])
            position = end
        }
        return found
    }

    /// Cuts a stream of bytes into pages.
    private struct PageCutter {
        private var held: [UInt8] = []
        private(set) var isInPage = false
        private var isSkipping = false
        private(set) var tooLong = 0
        private let maxPageBytes: Int

        init(maxPageBytes: Int) { self.maxPageBytes = maxPageBytes }

        mutating func add(
            _ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
        ) throws {
            var searched = max(0, held.count - MediaWikiDump.pageEnd.count)
            held.append(contentsOf: piece)
            var done = 0
            try held.withUnsafeBytes { buffer in
                while true {
                    let mark = isInPage ? MediaWikiDump.pageEnd : MediaWikiDump.pageStart
                    guard let found = buffer.firstRange(of: mark, from: max(searched, done)) else { break }
                    if isInPage, !isSkipping {
                        try body(UnsafeRawBufferPointer(rebasing: buffer[done..<found]))
                    }
                    isInPage.toggle()
                    isSkipping = false
                    done = found + mark.count
                    searched = done
                }
            }
            if !isInPage || isSkipping {
                // Only a mark that the piece cut in two matters.
                done = max(done, held.count - MediaWikiDump.pageEnd.count)
            } else if held.count - done > maxPageBytes {
                tooLong += 1
                isSkipping = true
                done = held.count - MediaWikiDump.pageEnd.count
            }
            held.removeFirst(done)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The first place of a sequence of bytes at or after `start`.
    func firstRange(of bytes: [UInt8], from start: Int) -> Int? {
        guard let first = bytes.first else { return start }
        var position = start
        while let found = firstIndex(of: first, from: position), found + bytes.count <= count {
            if self[found..<found + bytes.count].elementsEqual(bytes) { return found }
            position = found + 1
        }
        return nil
    }
}
