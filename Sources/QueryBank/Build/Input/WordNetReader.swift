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
            Candidate(text: $0.spaced, score: Double(tagCounts[$0] ?? 0))
        }.sorted { ($1.score, $0.text) < ($0.score, $1.text) }
    }

    /// The first field of every record of a file, where it is a single word.
    func firstFields(of name: String) throws -> Set<String> {
        var words: Set<String> = []
        try forEachRecord(of: name) { fields in
            if let word = fields.first, word.firstIndex(of: UInt8(ascii: "_"), from: 0) == nil {
                words.insert(word.text)
            }
        }
        return words
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

    /// Which synsets have no word of which `isCovered` holds.
    func coverage(by isCovered: (String) -> Bool) throws -> QueryListManifest.SynsetCoverage {
        var total = 0
        var missing: [[String]] = []
        try forEachSynset { words in
            total += 1
            if !words.contains(where: isCovered) { missing.append(words) }
        }
        return QueryListManifest.SynsetCoverage(total: total, missing: missing)
    }

    /// Tag counts by lemma.
    private func tagCounts() throws -> [String: Int] {
        var counts: [String: Int] = [:]
        try forEachTagCount { lemma, _, count in counts[lemma, default: 0] += count }
        return counts
    }

    /// Hands on lemma, type of synset (1 noun, 2 verb, 3 and 5 adjective, 4 adverb) and tag count of every tagged
    /// sense; nothing without `index.sense`, which is a package of its own.
    func forEachTagCount(_ body: (_ lemma: String, _ type: String, _ count: Int) -> Void) throws {
        guard FileManager.default.fileExists(atPath: "\(folder)/index.sense") else { return }
        try forEachRecord(of: "index.sense") { fields in
            guard fields.count == 4, let count = Int(fields[3].text) else { throw badRecord("index.sense") }
            guard count > 0 else { return }
            let key = fields[0].text.split(separator: "%", maxSplits: 1)
            guard key.count == 2 else { throw badRecord("index.sense") }
            body(String(key[0]), String(key[1].prefix(1)), count)
        }
    }

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
        (text.hasSuffix(")") ? String(text.prefix { $0 != "(" }) : text).spaced
    }
}

extension String {
    /// Underscores as spaces, as MediaWiki and WordNet both mean them.
    var spaced: String { utf8.contains(UInt8(ascii: "_")) ? String(map { $0 == "_" ? " " : $0 }) : self }
}
