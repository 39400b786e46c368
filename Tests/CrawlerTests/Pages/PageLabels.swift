import Digest
import Foundation

@testable import Crawler

/// What people say of the pictures of a page: Tests/Suites/page-labels.tsv, which explains itself.
struct LabelledPage {
    enum Kind: String { case pair, furniture, loose }

    struct Picture {
        let source: String
        let kind: Kind
        /// Texts that are about a pair's picture, or rubbish for a loose one.
        let texts: Set<String>
    }

    /// PACKAGE/PATH.
    let path: String
    var pictures: [Picture] = []

    /// The form in which the labels have a text.
    static func hash(_ text: String) -> String {
        let letters = String(
            String.UnicodeScalarView(text.unicodeScalars.filter { !$0.properties.isWhitespace }))
        return String(SHA256Digest(ofUTF8: letters).hex.prefix(16))
    }

    static func readAll() throws -> [LabelledPage] {
        let file = URL(fileURLWithPath: #filePath).appending(path: "../../../Suites/page-labels.tsv")
            .standardizedFileURL
        var pages: [LabelledPage] = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        where line.first != "#" {
            guard line.first == "\t" else {
                pages.append(LabelledPage(path: String(line)))
                continue
            }
            let fields = line.dropFirst().split(separator: "\t")
            guard fields.count >= 2, let kind = Kind(rawValue: String(fields[1])) else {
                throw CocoaError(.fileReadCorruptFile)
            }
            let texts = fields.dropFirst(2).flatMap { $0.split(separator: " ").map(String.init) }
            pages[pages.count - 1].pictures.append(
                Picture(source: String(fields[0]), kind: kind, texts: Set(texts)))
        }
        return pages
    }
}
