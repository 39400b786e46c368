import TestSupport
import Testing

@testable import QueryBank

@Suite struct MediaWikiDumpTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Seen: Equatable {
        var title: String
        var namespace = 0
        var redirect: String?
        var text: String
    }

    private func read(_ path: String, maxPageBytes: Int = 1 << 20) throws -> (
        pages: [Seen], skipped: MediaWikiDump.Skipped
    ) {
        var pages: [Seen] = []
        let skipped = try MediaWikiDump(path: path, maxPageBytes: maxPageBytes).forEachPage(progress: { _ in }
        ) {
            pages.append(
                Seen(
                    title: $0.title, namespace: $0.namespace, redirect: $0.redirect,
                    text: String(decoding: $0.text, as: UTF8.self)))
        }
        return (pages, skipped)
    }

    private static let dump = """
        \(DumpWriter.header)
          <page>
            <title>AT&amp;T</title>
            <ns>0</ns>
            <id>10</id>
            <revision><id>1</id><text bytes="9" xml:space="preserve">old text</text></revision>
            <revision><id>2</id><comment>&lt;page&gt;</comment><text bytes="9" xml:space="preserve">a &lt;b&gt; &amp;amp; c</text></revision>
          </page>
          <page><title>Talk:X</title><ns>1</ns><id>11</id><revision><text bytes="0" /></revision></page>
          <page><title>ATT</title><ns>0</ns><redirect title="AT&amp;T" /><revision><text>#REDIRECT [[AT&amp;T]]</text></revision></page>
          <page><title>Broken</title></page>
        </mediawiki>
        """

    @Test func pagesComeWithTheirParts() throws {
        let (pages, skipped) = try read(folder.write("dump.xml", Self.dump.utf8))
        #expect(
            pages == [
                Seen(title: "AT&T", text: "a <b> &amp; c"), Seen(title: "Talk:X", namespace: 1, text: ""),
                Seen(title: "ATT", redirect: "AT&T", text: "#REDIRECT [[AT&T]]"),
            ])
        #expect(skipped == .init(tooLong: 0, malformed: 1))
    }

    @Test func aPageAcrossPiecesIsWhole() throws {
        // Pieces are 256 KiB; these pages end at every offset around their edges.
        var generator = SeededGenerator(seed: 8)
        let expected = (0..<60).map {
            Seen(title: "P\($0)", text: String(repeating: "é ", count: generator.below(30_000)))
        }
        let pages = expected.map { DumpWriter.page(title: $0.title, text: $0.text) }
        let text = DumpWriter.header + pages.joined() + "</mediawiki>\n"
        #expect(try read(folder.write("dump.xml", text.utf8)).pages == expected)
        let streams =
            [Array(DumpWriter.header.utf8)] + pages.map { Array($0.utf8) } + [Array("</mediawiki>".utf8)]
        #expect(try read(folder.write("dump.xml.bz2", Compressed.multistream(streams))).pages == expected)
    }

    @Test func aPageBeyondTheLimitIsLeftOut() throws {
        let long = DumpWriter.page(title: "long", text: String(repeating: "x", count: 900_000))
        let text =
            DumpWriter.header + DumpWriter.page(title: "a", text: "1") + long
            + DumpWriter.page(title: "b", text: "2")
        let (pages, skipped) = try read(folder.write("dump.xml", text.utf8), maxPageBytes: 100_000)
        #expect(pages.map(\.title) == ["a", "b"])
        #expect(skipped.tooLong == 1)
    }

    @Test func whatIsNoDumpIsRefused() throws {
        for text in [
            "", "hello", DumpWriter.header,
            DumpWriter.header + DumpWriter.page(title: "a", text: "b") + "<page><title>c",
        ] {
            #expect(throws: QueryBankError.self) { try read(folder.write("dump.xml", text.utf8)) }
        }
    }

    @Test func viewsOfBothFormatsAreRead() throws {
        let lines = """
            en Red_fox 42 0
            en.m Red_fox 8 0
            de Fuchs 99 0
            en.v Red_fox 7 0
            en.wikipedia Red_fox 6678 desktop 100 A40B60
            en.wikipedia Red_fox null mobile-web 3 C3
            enm.wikipedia Fox 1 desktop 9 A9
            en Broken many 0
            en.wikipedia Short 12
            en Café_(x) 5 0

            """
        for path in [
            try folder.write("v", lines.utf8), try folder.write("v.bz2", Compressed.bzip2(lines.utf8)),
        ] {
            var views: [String: Int] = [:]
            let malformed = try PageviewReader(project: "en").read(path) { views[$0, default: 0] += $1 }
            #expect(views == ["Red fox": 153, "Café (x)": 5])
            #expect(malformed == 2)
        }
    }
}
