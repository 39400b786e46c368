/// The first reading of a dump: how often each word occurs, which articles there are, and which redirects lead to them.
struct Survey {
    private var wordCounts: SpillingCounter<String>
    private var articles: SpillingCounter<String>
    private var redirects: SpillingCounter<String>
    private let folder: SpillFolder
    private let options: WikipediaListBuilder.Options
    private let normaliser = TextNormaliser()
    /// Words of running text, all together.
    private(set) var wordTotal = 0

    init(folder: SpillFolder, options: WikipediaListBuilder.Options) throws {
        self.folder = folder
        self.options = options
        wordCounts = SpillingCounter(folder: folder, capacity: options.keysInMemory)
        articles = SpillingCounter(folder: folder, capacity: options.keysInMemory)
        redirects = SpillingCounter(folder: folder, capacity: options.keysInMemory)
    }

    mutating func read(_ dump: MediaWikiDump, progress: (Double?) -> Void) throws {
        _ = try dump.forEachPage(progress: progress) { page in
            guard page.namespace == 0 else { return }
            if let target = page.redirect {
                // A redirect may lead to a section.
                return try redirects.add(String(target.prefix { $0 != "#" }))
            }
            try articles.add(page.title)
            let text = normaliser.normalise(
                String(decoding: WikitextStripper.strip(page.text), as: UTF8.self))
            for word in text.utf8.split(separator: UInt8(ascii: " ")) {
                wordTotal += 1
                try wordCounts.add(String(Substring(word)))
            }
        }
    }

    /// The words that occur often enough.
    mutating func words() throws -> WordCounts {
        var words = WordCounts()
        var merged = try wordCounts.sorted()
        while let (word, count) = try merged.next() {
            if count >= options.minWordCount { words.add(normalised: word, count: count) }
        }
        return words
    }

    /// The titles with the most views, or with the most redirects where no page views are given; the best first.
    mutating func bestTitles(pageviews: [String], progress: (Double?) -> Void) throws -> [Candidate] {
        var scores = redirects
        var threshold = options.minRedirects
        if !pageviews.isEmpty {
            scores = SpillingCounter(folder: folder, capacity: options.keysInMemory)
            threshold = options.minViews
            for (index, path) in pageviews.enumerated() {
                progress(Double(index) / Double(pageviews.count))
                _ = try PageviewReader(project: options.project).read(path) { try scores.add($0, $1) }
            }
        }
        var best = BestCandidates(limit: options.titles)
        try Self.join(articles: articles.sorted(), scores: scores.sorted()) { title, score in
            guard score >= threshold else { return }
            best.offer(Candidate(text: title, score: Double(score)), rank: Double(score))
        }
        return best.ranked()
    }

    /// Hands on what stands in both, with the score.
    private static func join(
        articles: MergedCounts<String>, scores: MergedCounts<String>, _ body: (String, Int) throws -> Void
    ) throws {
        var (articles, scores) = (articles, scores)
        var article = try articles.next()?.key
        var score = try scores.next()
        while let title = article, let (scored, count) = score {
            if title == scored { try body(title, count) }
            if !String.precedes(scored, title) { article = try articles.next()?.key }
            if !String.precedes(title, scored) { score = try scores.next() }
        }
    }
}
