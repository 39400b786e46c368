internal import CQueryBank

/// Matches a chunk of texts in stages, each a loop over the whole chunk with few branches; the target's `DESIGN.md`
/// explains them. It owns the memory between stages, so a matcher in use allocates nothing.
struct ChunkMatcher: ~Copyable {
    let image: BankImage
    var folded: FoldedText
    var words = WordBounds()
    var found = FoundWords()
    var pairs = MatchedPairs()
    /// The list that is being filled.
    var hits = HitList()
    /// Hits of phrases of three words and more, ascending by their first word.
    var longerHits = HitList()
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
        pairs.match(found, words, in: folded, image)
        matchLongerPhrases()
        matchPossessives()
        let openEnd = !asLines || (raw.last.map { $0 != UInt8(ascii: "\n") } ?? false)
        matches.gather(
            words, hasOpenEnd: openEnd, found,
            (pairs.hits, longerHits.hits, possessiveHits.hits))
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

    /// The list as C takes it, valid until the next change.
    var hits: cquerybank_hits { cquerybank_hits(words: words.base, ids: ids.base, count: count) }
}

/// What the word table says about each word of a chunk.
struct FoundWords: ~Copyable {
    private var slots = Buffer<UInt32>(capacity: 512)
    private var singles = Buffer<UInt32>(capacity: 512)
    private var ends = Buffer<UInt32>(capacity: 512)
    private var pairs = Buffer<UInt32>(capacity: 512)
    /// Pairs of neighbours that may begin a phrase.
    private(set) var pairCount = 0

    /// The slot of each word, or `WordRecord.none`.
    var slotOf: UnsafePointer<UInt32> { UnsafePointer(slots.base) }
    /// The queries that are just one word, in the order of the words.
    var singleIDs: UnsafePointer<UInt32> { UnsafePointer(singles.base) }
    /// How many of them come before each word, and how many there are.
    var singleEnds: UnsafePointer<UInt32> { UnsafePointer(ends.base) }
    /// Second words of the pairs, ascending; neighbours of different texts may be among them.
    var pairEnds: UnsafePointer<UInt32> { UnsafePointer(pairs.base) }

    mutating func lookUp(_ words: borrowing WordBounds, in folded: borrowing FoldedText, _ image: BankImage) {
        slots.reserve(words.count + 1)
        singles.reserve(words.count + 1)
        ends.reserve(words.count + 1)
        pairs.reserve(words.count + 1)
        var lookup = image.lookup
        (lookup.slots, lookup.pairs) = (slots.base, pairs.base)
        (lookup.single_ids, lookup.single_ends) = (singles.base, ends.base)
        cquerybank_look_up(&lookup, folded.bytes, words.places, words.count)
        pairCount = lookup.pair_count
    }
}

/// Phrases of two words, and those that may go on.
struct MatchedPairs: ~Copyable {
    private var words = Buffer<UInt32>(capacity: 256)
    private var ids = Buffer<UInt32>(capacity: 256)
    private var openings = Buffer<cquerybank_opening>(capacity: 256)
    private var hitCount = 0
    /// Phrases that the text has reached and that the next word may continue, ascending.
    private(set) var openingCount = 0

    var opening: UnsafePointer<cquerybank_opening> { UnsafePointer(openings.base) }

    /// Queries of two words as C takes them, valid until the next match.
    var hits: cquerybank_hits { cquerybank_hits(words: words.base, ids: ids.base, count: hitCount) }

    mutating func match(
        _ found: borrowing FoundWords, _ bounds: borrowing WordBounds, in folded: borrowing FoldedText,
        _ image: BankImage
    ) {
        words.reserve(found.pairCount + 1)
        ids.reserve(found.pairCount + 1)
        openings.reserve(found.pairCount + 1)
        var pairing = cquerybank_pairing()
        (pairing.table, pairing.seed, pairing.records) = (image.phraseTable, image.layout.seed, image.phrases)
        (pairing.folded, pairing.bounds) = (folded.bytes, bounds.places)
        (pairing.slots, pairing.pairs) = (found.slotOf, found.pairEnds)
        (pairing.word_count, pairing.pair_count) = (bounds.count, found.pairCount)
        (pairing.hit_words, pairing.hit_ids) = (words.base, ids.base)
        pairing.openings = openings.base
        cquerybank_match_pairs(&pairing)
        (hitCount, openingCount) = (pairing.hit_count, pairing.opening_count)
    }
}

/// The ids of each text of a chunk.
struct MatchRows: ~Copyable {
    private var row = Buffer<UInt32>(capacity: 512)
    private var spare = Buffer<UInt32>(capacity: 512)
    private var sorted = Buffer<UInt32>(capacity: 512)
    private var ends = Buffer<UInt32>(capacity: 64)
    private(set) var count = 0

    var idCount: Int { count == 0 ? 0 : Int(ends.base[count - 1]) }

    var ids: UnsafePointer<QueryID> { UnsafePointer(sorted.base) }
    var rowEnds: UnsafePointer<UInt32> { UnsafePointer(ends.base) }

    /// Brings the hits of each text together, sorts them and drops repeats.
    mutating func gather(
        _ words: borrowing WordBounds, hasOpenEnd: Bool, _ found: borrowing FoundWords,
        _ lists: (cquerybank_hits, cquerybank_hits, cquerybank_hits)
    ) {
        let room = words.count + lists.0.count + lists.1.count + lists.2.count
        row.reserve(room + Int(CQUERYBANK_RUN))
        spare.reserve(room)
        sorted.reserve(room)
        count = words.textCount + (hasOpenEnd ? 1 : 0)
        ends.reserve(count)
        var rows = cquerybank_rows()
        (rows.text_ends, rows.text_count, rows.word_count) = (words.textEnds, count, words.count)
        (rows.single_ids, rows.single_ends) = (found.singleIDs, found.singleEnds)
        rows.lists = lists
        (rows.row, rows.spare, rows.sorted, rows.ends) = (row.base, spare.base, sorted.base, ends.base)
        cquerybank_gather(&rows)
    }
}
