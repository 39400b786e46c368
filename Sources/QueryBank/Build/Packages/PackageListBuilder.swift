/// Builds the default list from what Debian and PyPI hold: the paper's recipe with the sources that can be had there.
///
/// Radford et al. (2021), section 2.2: words that occur at least 100 times in English Wikipedia, pairs of words with
/// high pointwise mutual information, names of articles above a search volume, and WordNet's synsets. Two stand-ins:
/// pairs come from a speech recogniser's language model, and redirects stand for search volume. Equal sources and
/// options give equal lists, byte for byte.
public struct PackageListBuilder: Sendable {
    /// Thresholds and shares.
    public struct Options: Sendable, Equatable {
        /// The size of the whole list; titles fill what the others leave.
        public var entries = 500_000
        /// A word counts when it occurs so often.
        public var minWordCount = 100
        /// A pair counts from so many bits of pointwise mutual information.
        public var minPMI = 5.0
        /// The most probable pairs that are taken. MetaCLIP's list has 100,646.
        public var bigrams = 100_646
        /// The taxa with the best-known words that are taken.
        public var taxa = 10_000
        /// A place counts from so many inhabitants.
        public var minInhabitants = 15_000
        /// A place whose words are rarer than `minWordCount` needs so many.
        public var minInhabitantsOfRareName = 100_000

        /// The default list's own.
        public init() {}
    }

    private let folder: String
    private let options: Options

    /// Reads the folder that `scripts/fetch-query-sources` fills.
    public init(sources folder: String, options: Options = Options()) {
        self.folder = folder
        self.options = options
    }

    /// Builds the list, in about a minute and 1 GiB.
    ///
    /// Throws `QueryBankError` when a source is missing or damaged, or when all of them together cannot fill the list.
    public func build(progress: (BuildProgress) -> Void) throws -> BuiltList {
        let packages = try SourcePackage.reading(folder: folder)
        var composer = ListComposer(target: options.entries)
        func begin(_ step: String) {
            progress(BuildProgress(step: step, fraction: nil, entries: composer.count))
        }

        begin("words of Wikipedia")
        let words = try WordCounts.reading("\(folder)/words/word_frequencies.gz")
        addWords(words, to: &composer)
        begin("lemmas of WordNet")
        let wordNet = WordNetReader(folder: "\(folder)/wordnet")
        composer.add(try wordNet.lemmas(), from: .wordnet) { EntryRules.lemma($1) }
        begin("pairs of words")
        try addBigrams(words, to: &composer)
        begin("places")
        try addPlaces(words, to: &composer)
        begin("taxa")
        try addTaxa(words, to: &composer)
        begin("titles of Wikipedia")
        try addTitles(words, to: &composer)

        guard composer.count == options.entries else {
            throw QueryBankError(
                .badFormat,
                "\(folder): gives \(composer.count) entries of \(options.entries); lower a threshold")
        }
        let coverage = try wordNet.coverage(by: composer.contains)
        var list = composer.finish()
        list.packages = packages
        list.synsets = coverage
        return list
    }

    private func addWords(_ words: WordCounts, to composer: inout ListComposer) {
        composer.add(words.ranked(), from: .word) { candidate, text in
            let count = Int(candidate.score)
            return count < options.minWordCount ? .belowThreshold : EntryRules.word(text, count: count)
        }
    }

    private func addBigrams(_ words: WordCounts, to composer: inout ListComposer) throws {
        let model = try TrieLanguageModel(path: "\(folder)/bigrams/en-us.lm.bin")
        let rules = BigramRules(lexicon: try WordNetLexicon(folder: "\(folder)/wordnet"))
        var found: [(candidate: Candidate, logJoint: Double)] = []
        model.forEachBigram { bigram in
            let pmi = bigram.conditional - model.logProbability[bigram.second]
            guard pmi >= options.minPMI else { return }
            let text = model.words[bigram.first] + " " + model.words[bigram.second]
            found.append(
                (Candidate(text: text, score: pmi), model.logProbability[bigram.first] + bigram.conditional))
        }
        found.sort { ($1.logJoint, $0.candidate.text) < ($0.logJoint, $1.candidate.text) }
        composer.add(found.map(\.candidate), from: .bigram, limit: options.bigrams) { _, text in
            rules.exclusion(of: text) ?? (words.rarest(in: text) < options.minWordCount ? .rareWord : nil)
        }
    }

    private func addPlaces(_ words: WordCounts, to composer: inout ListComposer) throws {
        let places = try PlaceReader.places(
            in: "\(folder)/places/cities15000.json", minInhabitants: options.minInhabitants)
        composer.add(places, from: .place) { candidate, text in
            if let reason = EntryRules.name(text) { return reason }
            let isLarge = Int(candidate.score) >= options.minInhabitantsOfRareName
            return !isLarge && words.rarest(in: text) < options.minWordCount ? .rareWord : nil
        }
    }

    private func addTaxa(_ words: WordCounts, to composer: inout ListComposer) throws {
        let taxa = try TaxonReader.names(in: "\(folder)/taxa", words: words)
        composer.add(taxa, from: .taxon, limit: options.taxa) { candidate, text in
            candidate.disambiguation ?? EntryRules.name(text)
                ?? (Int(candidate.score) < options.minWordCount ? .rareWord : nil)
        }
    }

    private func addTitles(_ words: WordCounts, to composer: inout ListComposer) throws {
        let titles = try TitleReader(folder: "\(folder)/titles").titles(words: words)
        composer.add(titles, from: .title) { candidate, text in
            candidate.disambiguation ?? EntryRules.title(text)
                ?? (words.rarest(in: text) < options.minWordCount ? .rareWord : nil)
        }
    }
}
