import Foundation

/// Learns byte-pair merges from captions, as CLIP's were learnt (Sennrich et al., 2016, algorithm 1, over the bytes of
/// words as `CLIPTokenizer` splits them): again and again the most frequent pair of neighbouring symbols becomes one.
///
/// The result depends on the captions alone, not on their order: equally frequent pairs go by their symbols.
public struct VocabularyTrainer {
    /// Words with their frequencies.
    private var words: [[UInt8]: Int] = [:]
    /// Captions that were counted.
    public private(set) var captions = 0

    /// An empty count.
    public init() {}

    /// Different words that were counted.
    public var wordCount: Int { words.count }

    /// Counts the words of a caption, cleaned and split as the tokenizer does it.
    public mutating func add(_ caption: String) {
        captions += 1
        var caption = caption
        caption.withUTF8 { bytes in
            if let plain = PlainText(bytes) {
                plain.forEach { words[Array($0), default: 0] += 1 }
            } else {
                let cleaned = CaptionCleaner.clean(String(decoding: bytes, as: UTF8.self))
                WordSplitter.forEachWord(of: cleaned) { words[Array($0), default: 0] += 1 }
            }
        }
    }

    /// Learns at most `count` merges, fewer when no pair occurs at least `leastFrequency` times any more.
    ///
    /// - Returns: The text of a merges file that `CLIPTokenizer` reads.
    /// - Throws: `TokenizerError` when there is not one merge to learn.
    public func mergesFile(count: Int, leastFrequency: Int = 2) throws -> String {
        var learner = MergeLearner(words)
        let merges = learner.learn(count: count, leastFrequency: max(1, leastFrequency))
        guard !merges.isEmpty else {
            throw TokenizerError(
                .mergesInvalid,
                "no two symbols stand side by side \(leastFrequency) times: give more captions")
        }
        // No line break at the end: OpenCLIP would take what follows it for one more merge.
        return ([MergesFile.ownHeader] + merges.map { "\($0.0) \($0.1)" }).joined(separator: "\n")
    }
}

/// The symbols of every word, and where each pair of neighbours occurs.
private struct MergeLearner {
    private struct Word {
        var symbols: [Int32]
        var frequency: Int
    }

    private struct Pair: Hashable {
        var left, right: Int32
    }

    private struct Occurrences {
        var frequency = 0
        /// Words that held the pair at some time.
        var words: Set<Int> = []
    }

    private var words: [Word]
    private var pairs: [Pair: Occurrences] = [:]
    private var names: [String]
    private var known: Set<String>
    private var queue = Heap<Candidate>()

    init(_ counted: [[UInt8]: Int]) {
        let alphabet = ByteAlphabet()
        names = alphabet.symbols + alphabet.symbols.map { $0 + "</w>" }
        known = Set(names)
        words = counted.map { bytes, frequency in
            var symbols = bytes.map { Int32(alphabet.ranks[Int($0)]) }
            symbols[symbols.count - 1] += 256
            return Word(symbols: symbols, frequency: frequency)
        }
        for index in words.indices { count(index, sign: 1) }
        for (pair, found) in pairs { offer(pair, found.frequency) }
    }

    /// Merges by rank, as the symbols' names.
    mutating func learn(count: Int, leastFrequency: Int) -> [(String, String)] {
        var merges: [(String, String)] = []
        while merges.count < count, let next = queue.pop() {
            let pair = Pair(left: next.left, right: next.right)
            let now = pairs[pair]?.frequency ?? 0
            // An entry is stale when the pair has changed since; it was offered again then.
            guard now == next.frequency else { continue }
            guard now >= leastFrequency else { break }
            let (left, right) = (names[Int(pair.left)], names[Int(pair.right)])
            // "ab c" after "a bc" would make one symbol in two ways; ids would no longer be ranks.
            guard known.insert(left + right).inserted else { continue }
            merges.append((left, right))
            names.append(left + right)
            merge(pair, into: Int32(names.count - 1))
        }
        return merges
    }

    private mutating func offer(_ pair: Pair, _ frequency: Int) {
        guard frequency > 0 else { return }
        queue.push(
            Candidate(
                frequency: frequency, left: pair.left, right: pair.right, leftName: names[Int(pair.left)],
                rightName: names[Int(pair.right)]))
    }

    /// Adds a word's pairs to the count, or takes them away; returns the pairs.
    @discardableResult
    private mutating func count(_ index: Int, sign: Int) -> Set<Pair> {
        let word = words[index]
        var changed: Set<Pair> = []
        for (left, right) in zip(word.symbols, word.symbols.dropFirst()) {
            let pair = Pair(left: left, right: right)
            pairs[pair, default: Occurrences()].frequency += sign * word.frequency
            if sign > 0 { pairs[pair]?.words.insert(index) }
            changed.insert(pair)
        }
        return changed
    }

    private mutating func merge(_ pair: Pair, into symbol: Int32) {
        var changed: Set<Pair> = []
        for index in pairs[pair]?.words ?? [] {
            changed.formUnion(count(index, sign: -1))
            var merged: [Int32] = []
            for next in words[index].symbols {
                if next == pair.right, merged.last == pair.left {
                    merged[merged.count - 1] = symbol
                } else {
                    merged.append(next)
                }
            }
            words[index].symbols = merged
            changed.formUnion(count(index, sign: 1))
        }
        pairs[pair] = nil
        for other in changed where other != pair { offer(other, pairs[other]?.frequency ?? 0) }
    }
}

/// A pair to merge: the most frequent comes first; among equals the one whose symbols come first.
private struct Candidate: Comparable {
    var frequency: Int
    var left, right: Int32
    var leftName, rightName: String

    static func < (a: Candidate, b: Candidate) -> Bool {
        if a.frequency != b.frequency { return a.frequency > b.frequency }
        // By code points: `<` on strings would follow canonical equivalence.
        if a.leftName != b.leftName { return a.leftName.utf8.lexicographicallyPrecedes(b.leftName.utf8) }
        return a.rightName.utf8.lexicographicallyPrecedes(b.rightName.utf8)
    }
}
