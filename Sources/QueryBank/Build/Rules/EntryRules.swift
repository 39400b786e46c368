/// Why a candidate did not become an entry; the raw values are the names in the manifest.
enum ExclusionReason: String, CaseIterable {
    /// Nothing is left after normalising.
    case empty
    /// One character.
    case oneCharacter = "one_character"
    /// Longer than any text would repeat: more than 80 bytes or 8 words (100 and 14 in WordNet).
    case tooLong = "too_long"
    /// Pornography, an obscenity or a slur.
    case adult
    /// Phrases and file-name parts that pages carry whatever they show: "click here", "image of", "jpg".
    case boilerplate
    /// The language of advertisements and link farms.
    case spam
    /// A digit, where the source is full of codes, sizes and dates.
    case digits
    /// Letters outside a to z after folding: the list is for English texts.
    case script
    /// Three equal letters in a row, or a rare word of two letters or without a vowel.
    case noise
    /// A function word where two content words are wanted.
    case functionWord = "function_word"
    /// Two words that name nothing: the second is no noun, or the first is an adverb or a verb.
    case notNominal = "not_nominal"
    /// A word in it is below the source's word count, so the whole is rarer still.
    case rareWord = "rare_word"
    /// A title that needs a bracket to be told from others.
    case disambiguation
    /// No thing but a page about pages, or a court case.
    case listing
    /// Below the source's own threshold.
    case belowThreshold = "below_threshold"
    /// An earlier candidate has the same text after normalising.
    case duplicate
    /// The source's share, or the whole list, was full.
    case limit
}

/// The written-down rules that keep noise out of a list; queries/README.md tells readers about them.
///
/// Each takes a normalised text and names the first thing that speaks against it.
enum EntryRules {
    /// Raised whenever a rule or a word in it changes what a build gives.
    static let version = 1

    /// What every source obeys, WordNet included.
    static func common(_ text: String, maxBytes: Int = 80, maxWords: Int = 8) -> ExclusionReason? {
        if text.isEmpty { return .empty }
        let bytes = text.utf8.count
        // Only a short text can be one character, and counting characters is slow.
        if bytes <= 16, text.count == 1 { return .oneCharacter }
        let words = text.split(separator: " ").map(String.init)
        if bytes > maxBytes || words.count > maxWords { return .tooLong }
        for word in words {
            if isAdult(word) { return .adult }
            if ExclusionWords.fileParts.contains(word) { return .boilerplate }
        }
        if ExclusionWords.adultPhrases.contains(text) { return .adult }
        return ExclusionWords.boilerplatePhrases.contains(text) ? .boilerplate : nil
    }

    /// WordNet's lemmas: digits, initials and long names stay, so that its synsets are covered.
    static func lemma(_ text: String) -> ExclusionReason? { common(text, maxBytes: 100, maxWords: 14) }

    /// Single words counted in running text.
    static func word(_ text: String, count: Int) -> ExclusionReason? {
        if let reason = common(text) ?? alphabet(text) { return reason }
        if text.utf8.contains(UInt8(ascii: " ")) || hasTriple(text) { return .noise }
        if elisions.contains(where: text.hasPrefix) { return .functionWord }
        // Nearly all of the 676 pairs of letters pass 100 occurrences; so do abbreviations of nothing in particular.
        if text.utf8.count == 2, count < 10_000 { return .noise }
        if !text.utf8.contains(where: isVowel), count < 1_000 { return .noise }
        return nil
    }

    /// Names of taxa and places.
    static func name(_ text: String) -> ExclusionReason? {
        if let reason = common(text) ?? alphabet(text) { return reason }
        return hasTriple(text) ? .noise : nil
    }

    /// Names of articles.
    static func title(_ text: String) -> ExclusionReason? {
        if let reason = name(text) { return reason }
        let words = text.split(separator: " ").map(String.init)
        if words.count > 1, words.contains(where: ExclusionWords.adultInPhrases.contains) { return .adult }
        if words.dropFirst().dropLast().contains(where: { $0 == "v" || $0 == "vs" }) { return .listing }
        return ExclusionWords.listingStarts.contains(where: text.hasPrefix) ? .listing : nil
    }

    /// French words that stand before an apostrophe; "d'" and "l'" begin names and stay.
    private static let elisions = ["c'", "j'", "m'", "n'", "qu'", "s'", "t'"]

    /// Digits and foreign letters; apostrophes and spaces pass.
    static func alphabet(_ text: String) -> ExclusionReason? {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "'"), UInt8(ascii: " "): continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"): return .digits
            default: return .script
            }
        }
        return nil
    }

    static func hasTriple(_ text: String) -> Bool {
        var previous: UInt8 = 0
        var run = 0
        for byte in text.utf8 {
            run = byte == previous ? run + 1 : 1
            previous = byte
            if run == 3 { return true }
        }
        return false
    }

    private static func isVowel(_ byte: UInt8) -> Bool { "aeiouy".utf8.contains(byte) }

    private static func isAdult(_ word: String) -> Bool {
        ExclusionWords.adult.contains(word) || ExclusionWords.adultPrefixes.contains(where: word.hasPrefix)
    }
}
