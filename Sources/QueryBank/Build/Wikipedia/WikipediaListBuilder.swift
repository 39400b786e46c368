internal import Foundation

/// Builds a list from a Wikipedia dump: the paper's own recipe (Radford et al., 2021, section 2.2).
///
/// Words that occur at least so many times, pairs of words with high pointwise mutual information, titles above a number
/// of page views, and the lemmas of WordNet that are not there yet. The dump is read twice, as a stream: words first, since
/// only pairs of frequent words can count. All counts are exact; tables that outgrow memory are spilled to disk and merged.
public struct WikipediaListBuilder: Sendable {
    /// Thresholds and limits.
    public struct Options: Sendable, Equatable {
        /// A word counts when it occurs so often.
        public var minWordCount = 100
        /// A pair counts from so many bits of pointwise mutual information.
        public var minPMI = 5.0
        /// A pair counts when it occurs so often.
        public var minPairCount = 100
        /// The most frequent pairs that are taken. MetaCLIP's list has 100,646.
        public var bigrams = 100_646
        /// A title counts from so many views in all files together; MetaCLIP's threshold.
        public var minViews = 70
        /// A title counts from so many redirects to it where no page views are given.
        public var minRedirects = 4
        /// The most viewed titles that are taken. MetaCLIP's list has 61,235.
        public var titles = 61_235
        /// Rows at most.
        public var entries = Int.max
        /// The edition in the page views.
        public var project = "en"
        /// Keys held in memory for each of at most four counts at once, about 100 bytes a key.
        public var keysInMemory = 1_000_000
        /// Where counts that outgrow memory go; the English Wikipedia takes some 20 GB.
        public var temporaryFolder = NSTemporaryDirectory()

        /// The paper's thresholds where it gives them.
        public init() {}
    }

    private let dump: MediaWikiDump
    private let pageviews: [String]
    private let wordNet: String
    private let options: Options

    /// Names the inputs: a `…-pages-articles.xml.bz2`, page-view files of any number, and WordNet's database folder.
    public init(dump: String, pageviews: [String], wordNet: String, options: Options = Options()) {
        self.dump = MediaWikiDump(path: dump)
        self.pageviews = pageviews
        self.wordNet = wordNet
        self.options = options
    }

    /// Builds the list; `progress` hears of every step and of its share of the dump.
    ///
    /// Throws `QueryBankError` when an input is missing or damaged, or the temporary folder is full.
    public func build(progress: (BuildProgress) -> Void) throws -> BuiltList {
        let folder = try SpillFolder(in: options.temporaryFolder)
        var composer = ListComposer(target: options.entries)
        func report(_ step: String, _ fraction: Double?) {
            progress(BuildProgress(step: step, fraction: fraction, entries: composer.count))
        }
        let lexicon = try WordNetLexicon(folder: wordNet)

        var survey = try Survey(folder: folder, options: options)
        try survey.read(dump, progress: { report("words", $0) })
        let words = try survey.words()
        composer.add(words.ranked(), from: .word) { EntryRules.word($1, count: Int($0.score)) }

        var pairs = PairCounter(
            words: words, total: survey.wordTotal, rules: BigramRules(lexicon: lexicon), folder: folder,
            options: options)
        try pairs.read(dump, progress: { report("pairs of words", $0) })
        composer.add(try pairs.best(), from: .bigram) { _, _ in nil }

        let titles = try survey.bestTitles(pageviews: pageviews, progress: { report("titles", $0) })
        composer.add(titles, from: .title) { candidate, text in
            candidate.disambiguation ?? EntryRules.title(text)
        }

        let reader = WordNetReader(folder: wordNet)
        composer.add(try reader.lemmas(), from: .wordnet) { EntryRules.lemma($1) }
        let coverage = try reader.coverage(by: composer.contains)
        var list = composer.finish()
        list.synsets = coverage
        return list
    }
}
