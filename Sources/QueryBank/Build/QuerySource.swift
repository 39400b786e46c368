/// Where an entry of a built list comes from; the second column of the list.
public enum QuerySource: String, Sendable, Codable, CaseIterable {
    /// A word that occurs at least so many times in Wikipedia.
    case word = "wiki_word"
    /// A lemma of WordNet that no earlier source has.
    case wordnet
    /// Two words that keep company.
    case bigram = "bigram_pmi"
    /// A populated place.
    case place = "place_name"
    /// A Wikipedia title of a taxon, or a taxon's common name.
    case taxon = "taxon_name"
    /// A Wikipedia title.
    case title = "wiki_title"

    /// What the third column of the list means for this source.
    public var scoreMeaning: String {
        switch self {
        case .word: "occurrences in Wikipedia"
        case .wordnet: "tagged senses in the semantic concordances"
        case .bigram: "pointwise mutual information in bits"
        case .place: "inhabitants"
        case .taxon: "occurrences of its rarest word in Wikipedia"
        case .title: "redirects that lead to it (packages) or page views (dump)"
        }
    }
}
