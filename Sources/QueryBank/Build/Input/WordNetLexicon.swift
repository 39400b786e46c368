internal import Foundation

/// Which parts of speech a single word can be, by WordNet's index, its exception lists and its rules of inflection
/// (morphy(7WN)).
struct WordNetLexicon {
    private struct Part {
        var bases: Set<String> = []
        /// Irregular forms, "geese" and "taken".
        var irregular: Set<String> = []
    }

    /// Endings that inflect a word, and what stands in their place in its base.
    private static let nounEndings = [
        ("s", ""), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"),
        ("ies", "y"),
    ]
    private static let verbEndings = [
        ("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", ""),
    ]

    private static let adjectiveEndings = [("er", ""), ("est", ""), ("er", "e"), ("est", "e")]

    private let noun: Part
    private let verb: Part
    private let adjective: Part
    private let adverb: Part
    /// How often a lemma was tagged as a verb, less how often as anything else.
    private let verbExcess: [String: Int]

    /// Reads `index.*`, `*.exc` and, where it lies, `index.sense` from a folder.
    init(folder: String) throws {
        noun = try Self.part("noun", in: folder)
        verb = try Self.part("verb", in: folder)
        adjective = try Self.part("adj", in: folder)
        adverb = try Self.part("adv", in: folder)
        var excess: [String: Int] = [:]
        try WordNetReader(folder: folder).forEachTagCount { lemma, type, count in
            excess[lemma, default: 0] += type == "2" ? count : -count
        }
        verbExcess = excess
    }

    /// A noun, singular or plural.
    func isNoun(_ word: String) -> Bool { Self.has(word, in: noun, endings: Self.nounEndings) }

    /// An adjective in its base form.
    func isAdjective(_ word: String) -> Bool { noun.bases.contains(word) || adjective.bases.contains(word) }

    /// A form of a verb.
    func isVerb(_ word: String) -> Bool {
        Self.has(word, in: verb, endings: Self.verbEndings) || isDoubled(word)
    }

    /// A base form, or its form in -s, that texts use as a verb more often than as anything else.
    func isMostlyVerb(_ word: String) -> Bool {
        let base = verb.bases.contains(word) || !word.hasSuffix("s") ? word : String(word.dropLast())
        return verb.bases.contains(base) && (verbExcess[base] ?? 0) > 0
    }

    /// An adverb.
    func isAdverb(_ word: String) -> Bool { adverb.bases.contains(word) }

    /// A form of nothing that WordNet has, as most names are.
    func isUnknown(_ word: String) -> Bool {
        !isNoun(word) && !isVerb(word) && !isAdverb(word)
            && !Self.has(word, in: adjective, endings: Self.adjectiveEndings)
    }

    /// "mugged" and "running": the exception lists lack most doubled consonants.
    private func isDoubled(_ word: String) -> Bool {
        for ending in ["ed", "ing"] where word.hasSuffix(ending) {
            let stem = word.dropLast(ending.count)
            if let last = stem.last, stem.dropLast().last == last,
                verb.bases.contains(String(stem.dropLast()))
            {
                return true
            }
        }
        return false
    }

    private static func has(_ word: String, in part: Part, endings: [(String, String)]) -> Bool {
        if part.bases.contains(word) || part.irregular.contains(word) { return true }
        return endings.contains { ending, base in
            word.hasSuffix(ending) && part.bases.contains(word.dropLast(ending.count) + base)
        }
    }

    private static func part(_ name: String, in folder: String) throws -> Part {
        let reader = WordNetReader(folder: folder)
        return Part(
            bases: try reader.firstFields(of: "index.\(name)"),
            irregular: try reader.firstFields(of: "\(name).exc"))
    }
}
