internal import CQueryBank

/// A word that a query of the list contains; the C header says what it holds.
typealias WordRecord = cquerybank_word

extension WordRecord {
    /// No query, no node, no slot.
    static let none = UInt32.max

    /// Whether the key holds only a hash of the word, whose bytes stand elsewhere.
    var isLong: Bool { key.second >= CQUERYBANK_LONG }
}

/// A phrase that begins a query, by what it adds to a shorter one: 16 bytes.
struct PhraseRecord: BitwiseCopyable {
    /// The node of the phrase without its last word; `WordRecord.none` in a free slot.
    var parent: UInt32 = WordRecord.none
    /// The slot of the last word, with `glueBit` when no separator stands before it.
    var word: UInt32 = 0
    /// The query that is just this phrase, or `WordRecord.none`.
    var query: UInt32 = WordRecord.none
    /// A bit for each word that follows, by its slot modulo 32; 0 ends the search.
    var successors: UInt32 = 0

    static let glueBit: UInt32 = 1 << 31
}

/// A place in the tree of phrases: the slot of a word or, with `phraseBit`, of a phrase.
enum Node {
    static let phraseBit: UInt32 = 1 << 31
    /// A row with no words.
    static let empty = UInt32.max
    /// A row that was refused.
    static let refused = UInt32.max - 1

    /// What a look-up of a longer phrase hashes, from what one of its parent hashed.
    @inline(__always)
    static func chain(_ parent: UInt64, word: UInt32, seed: UInt64) -> UInt64 {
        cquerybank_mix(parent ^ seed, UInt64(word) ^ 0x2D35_8DCC_AA6C_78A5)
    }

    /// Where the chain of a phrase begins.
    @inline(__always)
    static func chain(slot: UInt32) -> UInt64 { UInt64(slot) }
}
