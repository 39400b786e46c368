internal import Foundation

/// Reads WordNet's database files (wndb(5WN), senseidx(5WN)): `index.*`, `data.*` and, where it lies, `index.sense`.
struct WordNetReader {
    private static let partsOfSpeech = ["noun", "verb", "adj", "adv"]
    private let folder: String

    init(folder: String) { self.folder = folder }

    /// Every lemma with its spaces, and how often its senses were tagged in the semantic concordances.
    func lemmas() throws -> [Candidate] {
        let tagCounts = try tagCounts()
        var lemmas: Set<String> = []
        for part in Self.partsOfSpeech {
            try forEachRecord(of: "index.\(part)") { fields in
                if let lemma = fields.first { lemmas.insert(lemma.text) }
            }
        }
        return lemmas.map {
            Candidate(text: Self.spaced($0), score: Double(tagCounts[$0] ?? 0))
        }.sorted { ($1.score, $0.text) < ($0.score, $1.text) }
    }

    /// The words of every synset.
    func forEachSynset(_ body: ([String]) throws -> Void) throws {
        for part in Self.partsOfSpeech {
            try forEachRecord(of: "data.\(part)") { fields in
                // offset, file number, type, count of words in hexadecimal, then a word and its id each.
                guard fields.count > 3, let count = Int(fields[3].text, radix: 16),
                    fields.count > 3 + 2 * count
                else { throw badRecord("data.\(part)") }
                try body((0..<count).map { Self.word(fields[4 + 2 * $0].text) })
            }
        }
    }

    /// Tag counts by lemma; empty without `index.sense`, which is a package of its own.
    private func tagCounts() throws -> [String: Int] {
        var counts: [String: Int] = [:]
        guard FileManager.default.fileExists(atPath: "\(folder)/index.sense") else { return counts }
        try forEachRecord(of: "index.sense") { fields in
            guard fields.count == 4, let count = Int(fields[3].text),
                let end = fields[0].firstIndex(of: percent, from: 0)
            else { throw badRecord("index.sense") }
            if count > 0 {
                counts[UnsafeRawBufferPointer(rebasing: fields[0][..<end]).text, default: 0] += count
            }
        }
        return counts
    }

    private var percent: UInt8 { UInt8(ascii: "%") }

    /// Lines of blank-separated fields; the licence at the top is indented by two blanks.
    private func forEachRecord(of name: String, _ body: ([UnsafeRawBufferPointer]) throws -> Void) throws {
        try ByteStream(path: "\(folder)/\(name)").forEachLine { line in
            guard let first = line.first, first != UInt8(ascii: " ") else { return }
            try body(line.fields(separatedBy: UInt8(ascii: " ")))
        }
    }

    private func badRecord(_ name: String) -> QueryBankError {
        QueryBankError(
            .badFormat, "\(folder)/\(name): a line is not as WordNet's database has it; install wordnet-base")
    }

    /// A word of a synset without its adjective marker: "galore(ip)" is "galore".
    private static func word(_ text: String) -> String {
        spaced(text.hasSuffix(")") ? String(text.prefix { $0 != "(" }) : text)
    }

    private static func spaced(_ text: String) -> String { String(text.map { $0 == "_" ? " " : $0 }) }
}
