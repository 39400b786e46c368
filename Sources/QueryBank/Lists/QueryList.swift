internal import Digest

/// A query's id: the 0-based row of its list.
public typealias QueryID = UInt32

/// A query list, loaded, normalised and compiled: what a text may match.
///
/// An id is the 0-based row of the file. Rows that fold together keep their numbers: the first of them is the one that
/// matches and that `id(of:)` gives; the later ones match nothing and stand in `report`.
public struct QueryList: Sendable {
    /// The longest entry that is taken, in bytes of UTF-8; a search phrase is far shorter.
    public static let maxEntryBytes = 1024

    let image: BankImage

    /// Takes texts from memory, for tests and small lists.
    public init(texts: [String], diacritics: TextNormaliser.Diacritics = .fold) {
        var compiler = BankCompiler(diacritics: diacritics)
        for text in texts { compiler.append(text.utf8) }
        let digest = SHA256Digest(ofUTF8: texts.joined(separator: "\n"))
        image = compiler.finish(listSHA256: digest.bytes)
    }

    init(_ image: BankImage) { self.image = image }

    /// SHA-256 of the uncompressed file, in hexadecimal; for texts given in memory, of the texts joined by newlines.
    public var sha256: String { Hex.encode(image.layout.listSHA256) }

    /// Rows, those that cannot match included.
    public var count: Int { image.layout.rows }

    /// How the list's entries, and so the texts they are matched against, are normalised.
    public var normaliser: TextNormaliser { TextNormaliser(diacritics: image.layout.diacritics) }

    /// Rows each source gave, by the name in the list's second column; empty for lists without one.
    public var sources: [String: Int] {
        let text = String(decoding: image.memory[image.layout.ranges.sources], as: UTF8.self)
        var sources: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            if fields.count == 2, let count = Int(fields[1]) { sources[String(fields[0])] = count }
        }
        return sources
    }

    /// The normalised text of a row; `nil` past the end, empty for a row with no words.
    public func text(of id: QueryID) -> String? { Int(id) < count ? image.text(ofRow: Int(id)) : nil }

    /// The id that holds a text, which is normalised first.
    public func id(of text: String) -> QueryID? {
        var text = text
        return text.withUTF8 { utf8 in
            var folded = FoldedText(diacritics: image.layout.diacritics)
            var words = WordBounds()
            folded.fold(UnsafeRawBufferPointer(utf8), keepingNewlines: false)
            words.split(folded)
            return image.exactMatch(words, in: folded)
        }
    }
}

extension QueryList {
    /// Rows that cannot match, and why.
    public struct Report: Sendable, Equatable {
        /// A row whose normalised text an earlier row already holds.
        public struct Folded: Sendable, Equatable {
            /// The row that was folded away.
            public let row: QueryID
            /// The earlier row with the same normalised text.
            public let into: QueryID

            /// Names both rows.
            public init(row: QueryID, into: QueryID) {
                self.row = row
                self.into = into
            }
        }

        /// Rows that fold into an earlier one, in row order.
        public internal(set) var folded: [Folded] = []
        /// Rows with nothing left after normalising (blank, or only punctuation), in row order.
        public internal(set) var empty: [QueryID] = []
        /// Rows longer than `QueryList.maxEntryBytes`, in row order.
        public internal(set) var refused: [QueryID] = []
    }

    /// Rows that cannot match; computed by a pass over all rows.
    public var report: Report {
        var report = Report()
        for row in 0..<QueryID(count) {
            switch image.rowNodes[Int(row)] {
            case Node.empty: report.empty.append(row)
            case Node.refused: report.refused.append(row)
            case let node:
                let first = image.query(at: node)
                if first != row { report.folded.append(.init(row: row, into: first)) }
            }
        }
        return report
    }
}

extension BankImage {
    /// The query that consists of exactly these words.
    fileprivate func exactMatch(_ words: borrowing WordBounds, in folded: borrowing FoldedText) -> QueryID? {
        var node = Node.empty
        var chain: UInt64 = 0
        for position in 0..<words.count {
            let start = Int(words.places[2 * position])
            let end = Int(words.places[2 * position + 1])
            let slot = slot(of: folded.bytes + start, count: end - start)
            if slot == WordRecord.none { return nil }
            if position == 0 {
                (node, chain) = (slot, Node.chain(slot: slot))
                continue
            }
            let word = slot | (words.gap(before: position, in: folded) == .glue ? PhraseRecord.glueBit : 0)
            chain = Node.chain(chain, word: word, seed: layout.seed)
            guard let phrase = phrase(after: node, word: word, chain: chain) else { return nil }
            node = phrase | Node.phraseBit
        }
        let query = node == Node.empty ? WordRecord.none : query(at: node)
        return query == WordRecord.none ? nil : query
    }
}
