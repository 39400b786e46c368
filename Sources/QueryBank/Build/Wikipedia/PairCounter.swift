internal import Foundation

/// The second reading of a dump: which frequent words stand side by side, and how often.
///
/// Only words that a pair may have are numbered, so nine pairs of ten are never counted. A sentence sign or the end of a
/// block parts two words.
struct PairCounter {
    private let words: WordCounts
    private let wordTotal: Int
    private let rules: BigramRules
    private let options: WikipediaListBuilder.Options
    private let normaliser = TextNormaliser()
    /// Numbers of the words that a pair may have, by word, and back.
    private let numbers: [String: UInt64]
    private let names: [String]
    private var counts: SpillingCounter<UInt64>
    /// Neighbouring words, all together.
    private var pairTotal = 0

    init(
        words: WordCounts, total: Int, rules: BigramRules, folder: SpillFolder,
        options: WikipediaListBuilder.Options
    ) {
        self.words = words
        wordTotal = total
        self.rules = rules
        self.options = options
        names = words.ranked().map(\.text).filter(rules.mayTakePart)
        numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, UInt64($0)) })
        counts = SpillingCounter(folder: folder, capacity: options.keysInMemory)
    }

    mutating func read(_ dump: MediaWikiDump, progress: (Double?) -> Void) throws {
        let breaks = Self.breaks
        _ = try dump.forEachPage(progress: progress) { page in
            guard page.namespace == 0, page.redirect == nil else { return }
            let text = WikitextStripper.strip(page.text)
            for sentence in text.split(whereSeparator: { breaks[Int($0)] }) {
                try count(normaliser.normalise(String(decoding: sentence, as: UTF8.self)))
            }
        }
    }

    private mutating func count(_ sentence: String) throws {
        var previous: UInt64?
        var isFirst = true
        for word in sentence.utf8.split(separator: UInt8(ascii: " ")) {
            if !isFirst { pairTotal += 1 }
            isFirst = false
            let number = numbers[String(Substring(word))]
            if let previous, let number { try counts.add(previous << 32 | number) }
            previous = number
        }
    }

    /// The pairs that pass the rules and thresholds, the most frequent first; the score is their mutual information.
    mutating func best() throws -> [Candidate] {
        var best = BestCandidates(limit: options.bigrams)
        var merged = try counts.sorted()
        while let (pair, count) = try merged.next() {
            guard count >= options.minPairCount else { continue }
            let (first, second) = (names[Int(pair >> 32)], names[Int(pair & 0xFFFF_FFFF)])
            let pmi = mutualInformation(first, second, count)
            let text = first + " " + second
            guard pmi >= options.minPMI, rules.exclusion(of: text) == nil else { continue }
            best.offer(Candidate(text: text, score: pmi), rank: Double(count))
        }
        return best.ranked()
    }

    /// log₂ of how many times more often two words meet than chance would have them (Church and Hanks, 1990).
    private func mutualInformation(_ first: String, _ second: String, _ count: Int) -> Double {
        let together = Double(count) / Double(pairTotal)
        let total = Double(wordTotal)
        let chance = Double(words.count(of: first)) / total * (Double(words.count(of: second)) / total)
        return log2(together / chance)
    }

    /// Which bytes part two words; a table, since every byte of the dump is asked for.
    private static let breaks: [Bool] = {
        let signs = Set("\n\t.,;:!?()\"[]{}|/=*#<>~".utf8)
        return (0...UInt8.max).map(signs.contains)
    }()
}
