/// The rules for pairs of words from a language model or from counting.
///
/// What a text is likely to show is named by a noun with something before it, so the second word must be a noun or a
/// name (a word that WordNet does not know), and the first may be anything that can stand before one.
struct BigramRules {
    private let lexicon: WordNetLexicon

    init(lexicon: WordNetLexicon) { self.lexicon = lexicon }

    /// Names the first thing that speaks against a normalised pair.
    func exclusion(of text: String) -> ExclusionReason? {
        if let reason = EntryRules.common(text) ?? EntryRules.alphabet(text) { return reason }
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 2, words[0] != words[1], !EntryRules.hasTriple(text) else { return .noise }
        for word in words {
            if let reason = exclusion(ofWord: word) { return reason }
        }
        return isNominal(words[0], words[1]) ? nil : .notNominal
    }

    /// Whether any pair with this word can pass.
    func mayTakePart(_ word: String) -> Bool {
        EntryRules.common(word) == nil && EntryRules.alphabet(word) == nil && exclusion(ofWord: word) == nil
    }

    private func exclusion(ofWord word: String) -> ExclusionReason? {
        if ExclusionWords.function.contains(word) || Self.isContraction(word) { return .functionWord }
        if ExclusionWords.adultInPhrases.contains(word) { return .adult }
        if ExclusionWords.siteWords.contains(word) { return .boilerplate }
        if ExclusionWords.spam.contains(word) { return .spam }
        return word.utf8.count < 2 ? .noise : nil
    }

    private func isNominal(_ first: String, _ second: String) -> Bool {
        guard lexicon.isNoun(second) || lexicon.isUnknown(second) else { return false }
        // "audience laughs", "collect eggs".
        if lexicon.isMostlyVerb(first) || lexicon.isMostlyVerb(second) { return false }
        if lexicon.isNoun(first) || lexicon.isAdjective(first) || lexicon.isUnknown(first) { return true }
        // "baked beans" and "running shoes", but not "quickly home" or "taken prisoner".
        return lexicon.isVerb(first) && (first.hasSuffix("ed") || first.hasSuffix("ing"))
    }

    /// "i've", "don't", "you'll"; a possessive stays.
    private static func isContraction(_ word: String) -> Bool {
        ["n't", "'ve", "'ll", "'re", "'d", "'m"].contains(where: word.hasSuffix)
    }
}
