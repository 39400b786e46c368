internal import CQueryBank

/// A word that a query of the list contains; the C header says what it holds.
typealias WordRecord = cquerybank_word

extension WordRecord {
    /// No query, no node, no slot.
    static let none = UInt32.max

    /// Whether the key holds only a hash of the word, whose bytes stand elsewhere.
    var isLong: Bool { key.second >= CQUERYBANK_LONG }
}

/// A phrase that begins a query; the C header says what it holds.
typealias PhraseRecord = cquerybank_phrase

extension PhraseRecord {
    /// In `word`: no separator stands before it.
    static let glueBit = CQUERYBANK_GLUED

    /// A slot that no phrase has.
    static let free = PhraseRecord(
        parent: WordRecord.none, word: 0, query: WordRecord.none, successors: 0)
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
        cquerybank_chain(parent, word, seed)
    }

    /// Where the chain of a phrase begins.
    @inline(__always)
    static func chain(slot: UInt32) -> UInt64 { UInt64(slot) }
}
