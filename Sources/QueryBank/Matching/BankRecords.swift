/// A word that a query of the list contains: 32 bytes, so a cache line holds two and none is split.
struct WordRecord: BitwiseCopyable {
    /// The word's `WordKey`; both 0 in a free slot, which no word has.
    var first: UInt64 = 0
    var second: UInt64 = 0
    /// The query that is just this word, or `none`.
    var query: UInt32 = none
    /// A bit for each word that follows this one in a phrase, by its slot modulo 32.
    var successors: UInt32 = 0
    /// A bit for each word before this one in a phrase.
    var predecessors: UInt32 = 0
    /// Where the bytes of a word longer than 16 stand in the long-word section.
    var longWord: UInt32 = 0

    /// No query, no node, no slot.
    static let none = UInt32.max
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
        WordKey.mix(parent ^ seed, UInt64(word) ^ 0x2D35_8DCC_AA6C_78A5)
    }

    /// Where the chain of a phrase begins.
    @inline(__always)
    static func chain(slot: UInt32) -> UInt64 { UInt64(slot) }
}
