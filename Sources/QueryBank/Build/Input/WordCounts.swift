/// How often words occur in Wikipedia, by normalised word.
struct WordCounts {
    private var counts: [String: Int] = [:]
    private let normaliser = TextNormaliser()

    /// Adds up spellings that fold together.
    mutating func add(_ word: String, count: Int) {
        add(normalised: normaliser.normalise(word), count: count)
    }

    /// The same for a word that is normalised already.
    mutating func add(normalised word: String, count: Int) {
        if !word.isEmpty { counts[word, default: 0] += count }
    }

    func count(of word: some StringProtocol) -> Int { counts[String(word)] ?? 0 }

    /// The count of a text's rarest word; 0 for a word that was never seen.
    func rarest(in text: String) -> Int {
        text.split(separator: " ").map { count(of: $0) }.min() ?? 0
    }

    /// The same for a text that is not normalised yet.
    func rarest(inRaw text: String) -> Int { rarest(in: normaliser.normalise(text)) }

    /// All words, the most frequent first.
    func ranked() -> [Candidate] {
        counts.map { Candidate(text: $0.key, score: Double($0.value)) }
            .sorted { ($1.score, $0.text) < ($0.score, $1.text) }
    }

    /// Reads lines of a word, a semicolon and a count, as pywordfreq packs them.
    static func reading(_ path: String) throws -> WordCounts {
        var words = WordCounts()
        try ByteStream(path: path).forEachLine { line in
            guard let end = line.lastIndex(of: UInt8(ascii: ";")),
                let count = Int(UnsafeRawBufferPointer(rebasing: line[(end + 1)...]).text)
            else {
                throw QueryBankError(
                    .badFormat, "\(path): a line is not \"word;count\"; fetch the sources again")
            }
            words.add(UnsafeRawBufferPointer(rebasing: line[..<end]).text, count: count)
        }
        return words
    }
}
