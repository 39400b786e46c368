/// Why a candidate did not become an entry; the raw values are the names in the manifest.
enum ExclusionReason: String, CaseIterable {
    /// Nothing is left after normalising.
    case empty
    /// One character.
    case oneCharacter = "one_character"
    /// More than 60 characters or 6 words.
    case tooLong = "too_long"
    /// Pornography, or a slur.
    case adult
    /// Phrases and file-name parts that pages carry whatever they show: "click here", "image of", "jpg".
    case boilerplate
    /// The language of advertisements and link farms.
    case spam
    /// A digit, where the source is full of codes, sizes and dates.
    case digits
    /// Letters outside the Latin alphabet's a to z after folding, in a list for English texts.
    case script
    /// Keyboard noise: three equal letters in a row, or no vowel.
    case noise
    /// A function word where two content words are wanted.
    case functionWord = "function_word"
    /// A word in it occurs less often in Wikipedia than the threshold, so the whole is rarer still.
    case rareWord = "rare_word"
    /// Not a thing but a page about pages: "list of", "index of", "timeline of".
    case listing
    /// Below the source's own threshold.
    case belowThreshold = "below_threshold"
    /// An earlier candidate has the same text after normalising.
    case duplicate
    /// The source's share, or the whole list, was full.
    case limit
}

/// The written-down rules that keep noise out of a list; queries/README.md explains them to readers.
struct EntryRules {
    /// Raised whenever a rule or a word in it changes what a build gives.
    static let version = 1

    private static let maxCharacters = 60
    private static let maxWords = 6

    /// What holds for every source.
    static func common(_ text: String) -> ExclusionReason? {
        if text.isEmpty { return .empty }
        let bytes = text.utf8.count
        // Only a short text can be one character; counting characters is slow.
        if bytes <= 8, text.count == 1 { return .oneCharacter }
        if bytes > maxCharacters { return .tooLong }
        let words = text.split(separator: " ")
        if words.count > maxWords { return .tooLong }
        if isAdult(text, words: words) { return .adult }
        return ExclusionWords.boilerplate.contains(text) ? .boilerplate : nil
    }

    /// For single words counted in running text.
    static func word(_ text: String) -> ExclusionReason? {
        if let reason = common(text) ?? alphabet(text) { return reason }
        if text.utf8.contains(UInt8(ascii: " ")) { return .noise }
        return isNoise(text.utf8) ? .noise : nil
    }

    /// For pairs of words from a language model or from counting.
    static func bigram(_ text: String) -> ExclusionReason? {
        if let reason = common(text) ?? alphabet(text) { return reason }
        let words = text.split(separator: " ")
        if words.count != 2 || words[0] == words[1] { return .noise }
        for word in words {
            if ExclusionWords.function.contains(String(word)) { return .functionWord }
            if ExclusionWords.boilerplate.contains(String(word)) { return .boilerplate }
            if ExclusionWords.spam.contains(String(word)) { return .spam }
            if word.utf8.count < 2 || isNoise(word.utf8) { return .noise }
        }
        return nil
    }

    /// For names of articles, taxa and places.
    static func title(_ text: String) -> ExclusionReason? {
        if let reason = common(text) ?? alphabet(text) { return reason }
        return ExclusionWords.listingStarts.contains { text.hasPrefix($0) } ? .listing : nil
    }

    /// Digits and foreign letters; apostrophes and spaces pass.
    private static func alphabet(_ text: String) -> ExclusionReason? {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "'"), UInt8(ascii: " "): continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"): return .digits
            default: return .script
            }
        }
        return nil
    }

    private static func isNoise(_ word: some Sequence<UInt8>) -> Bool {
        var previous: UInt8 = 0
        var run = 0
        for byte in word {
            run = byte == previous ? run + 1 : 1
            previous = byte
            if run >= 3 { return true }
        }
        return false
    }

    private static func isAdult(_ text: String, words: [Substring]) -> Bool {
        ExclusionWords.adultPhrases.contains(text)
            || words.contains { word in
                let word = String(word)
                return ExclusionWords.adult.contains(word)
                    || ExclusionWords.adultStems.contains { word.contains($0) }
            }
    }
}
