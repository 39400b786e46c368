/// Builds the default list from what Debian and PyPI hold.
public struct PackageListBuilder: Sendable {
    private let folder: String
    private let wordCountThreshold = 100

    /// Reads the folder that `scripts/fetch-query-sources` fills.
    public init(sources folder: String) { self.folder = folder }

    /// Builds the list; `progress` is told each step in a few words.
    public func build(progress: (String) -> Void) throws -> BuiltList {
        var composer = ListComposer(target: 500_000)
        progress("words")
        let words = try WordCounts.reading("\(folder)/words/word_frequencies.gz")
        composer.add(words.ranked(), from: .word) { text in
            EntryRules.word(text) ?? (words.count(of: text) < wordCountThreshold ? .belowThreshold : nil)
        }
        progress("wordnet")
        composer.add(try WordNetReader(folder: "\(folder)/wordnet").lemmas(), from: .wordnet) {
            EntryRules.common($0)
        }
        return composer.finish()
    }
}
