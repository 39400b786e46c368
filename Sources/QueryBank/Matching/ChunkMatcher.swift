internal import CQueryBank

/// Matches a chunk of texts in stages, each a loop over the whole chunk with few branches; the target's `DESIGN.md`
/// explains them. It owns the memory between stages, so a matcher in use allocates nothing.
struct ChunkMatcher: ~Copyable {
    let image: BankImage
    var folded: FoldedText
    var words = WordBounds()
    var found = FoundWords()
    /// The list that is being filled.
    var hits = HitList()
    /// Hits of phrases, ascending by their first word.
    var phraseHits = HitList()
    /// Hits through x of a word x's, ascending by that word.
    var possessiveHits = HitList()
    private var matches = MatchRows()

    init(_ image: BankImage) {
        self.image = image
        folded = FoldedText(diacritics: image.layout.diacritics)
    }

    /// Texts of the last chunk.
    var textCount: Int { matches.count }
    /// Matches of all texts of the last chunk.
    var matchCount: Int { matches.idCount }

    /// The ids of all texts of the last chunk, text by text: ascending, each once. Valid until the next chunk.
    var sortedIDs: UnsafePointer<QueryID> { matches.ids }
    /// Where the ids of each text end.
    var rowEnds: UnsafePointer<UInt32> { matches.rowEnds }

    /// Matches a chunk. As `lines`, every newline ends a text (the last needs none); otherwise the chunk is one text.
    mutating func match(_ raw: UnsafeRawBufferPointer, asLines: Bool) {
        folded.fold(raw, keepingNewlines: asLines)
        words.split(folded)
        found.lookUp(words, in: folded, image)
        matchPhrases()
        matchPossessives()
        let openEnd = !asLines || (raw.last.map { $0 != UInt8(ascii: "\n") } ?? false)
        matches.gather(words, hasOpenEnd: openEnd, found, phraseHits, possessiveHits)
    }
}

/// Ids with the number of the word each was found at.
struct HitList: ~Copyable {
    private var words = Buffer<UInt32>(capacity: 256)
    private var ids = Buffer<UInt32>(capacity: 256)
    private(set) var count = 0

    mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func append(word: Int, id: UInt32) {
        if count == words.capacity {
            words.reserve(count + 1, keeping: count)
            ids.reserve(count + 1, keeping: count)
        }
        words.base[count] = UInt32(truncatingIfNeeded: word)
        ids.base[count] = id
        count += 1
    }

    @inline(__always)
    func word(_ index: Int) -> UInt32 { words.base[index] }
    @inline(__always)
    func id(_ index: Int) -> UInt32 { ids.base[index] }
}

/// What the word table says about each word of a chunk.
struct FoundWords: ~Copyable {
    private var slots = Buffer<UInt32>(capacity: 512)
    private var queries = Buffer<UInt32>(capacity: 512)
    private var pairs = Buffer<UInt32>(capacity: 512)
    /// Pairs of neighbours that may begin a phrase.
    private(set) var pairCount = 0

    /// The slot of each word, or `WordRecord.none`.
    var slotOf: UnsafePointer<UInt32> { UnsafePointer(slots.base) }
    /// The query that is just this word, or `WordRecord.none`.
    var queryOf: UnsafePointer<UInt32> { UnsafePointer(queries.base) }
    /// Second words of the pairs, ascending; neighbours of different texts may be among them.
    var pairEnds: UnsafePointer<UInt32> { UnsafePointer(pairs.base) }

    mutating func lookUp(_ words: borrowing WordBounds, in folded: borrowing FoldedText, _ image: BankImage) {
        slots.reserve(words.count)
        queries.reserve(words.count)
        pairs.reserve(words.count)
        var lookup = image.lookup
        (lookup.slots, lookup.queries, lookup.pairs) = (slots.base, queries.base, pairs.base)
        cquerybank_look_up(&lookup, folded.bytes, words.places, words.count)
        pairCount = lookup.pair_count
    }
}

/// The ids of each text of a chunk.
struct MatchRows: ~Copyable {
    private var unsorted = Buffer<UInt32>(capacity: 512)
    private var sorted = Buffer<UInt32>(capacity: 512)
    private var spare = Buffer<UInt32>(capacity: 512)
    private var ends = Buffer<UInt32>(capacity: 64)
    private(set) var count = 0

    var idCount: Int { count == 0 ? 0 : Int(ends.base[count - 1]) }

    var ids: UnsafePointer<QueryID> { UnsafePointer(sorted.base) }
    var rowEnds: UnsafePointer<UInt32> { UnsafePointer(ends.base) }

    /// Brings the hits of each text together, sorts them and drops repeats.
    mutating func gather(
        _ words: borrowing WordBounds, hasOpenEnd: Bool, _ found: borrowing FoundWords,
        _ phrases: borrowing HitList, _ possessives: borrowing HitList
    ) {
        let room = words.count + phrases.count + possessives.count + 1
        unsorted.reserve(room)
        sorted.reserve(room)
        count = words.textCount + (hasOpenEnd ? 1 : 0)
        ends.reserve(count)
        let output = unsorted.base
        var (filled, longest, word, phrase, possessive) = (0, 0, 0, 0, 0)
        for text in 0..<count {
            let start = filled
            let end = text < words.textCount ? Int(words.textEnds[text]) : words.count
            while word < end {
                let query = found.queryOf[word]
                output[filled] = query
                filled &+= query == WordRecord.none ? 0 : 1
                word &+= 1
            }
            while phrase < phrases.count, phrases.word(phrase) < end {
                output[filled] = phrases.id(phrase)
                filled &+= 1
                phrase &+= 1
            }
            while possessive < possessives.count, possessives.word(possessive) < end {
                output[filled] = possessives.id(possessive)
                filled &+= 1
                possessive &+= 1
            }
            ends.base[text] = UInt32(truncatingIfNeeded: filled)
            longest = max(longest, filled &- start)
        }
        spare.reserve(longest)
        cquerybank_sort_rows(unsorted.base, ends.base, count, sorted.base, spare.base)
    }
}
