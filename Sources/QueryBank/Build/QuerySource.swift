/// Where an entry of a built list comes from; the second column of the list.
public enum QuerySource: String, Sendable, Codable, CaseIterable {
    /// A word that occurs at least so many times in Wikipedia; the score is how many times.
    case word = "wiki_word"
    /// A lemma of WordNet that no earlier source has; the score is its count of tagged senses.
    case wordnet
    /// Two words that keep company; the score is their pointwise mutual information in bits.
    case bigram = "bigram_pmi"
    /// A Wikipedia title; the score is its page views, or the redirects that lead to it where views are not to be had.
    case title = "wiki_title"
    /// A Wikipedia title of a taxon, or a taxon's common name; the score is the count of its rarest word.
    case taxon = "taxon_name"
    /// A populated place; the score is its inhabitants.
    case place = "place_name"
}
