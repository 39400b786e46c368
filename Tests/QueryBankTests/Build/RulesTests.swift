import TestSupport
import Testing

@testable import QueryBank

@Suite struct RulesTests {
    @Test(arguments: [
        ("", "empty"), ("a", "one_character"), ("é", "one_character"), ("fuckwit", "adult"),
        ("big porn star", "adult"),
        ("click here", "boilerplate"), ("photo of", "boilerplate"), ("example jpg", "boilerplate"),
        ("one two three four five six seven eight nine", "too_long"),
        (String(repeating: "ab ", count: 30), "too_long"),
    ])
    func whatNoSourceMayGive(_ text: String, _ reason: String) {
        #expect(EntryRules.common(text)?.rawValue == reason)
    }

    @Test(arguments: [
        "cat", "great tit", "click beetle", "cockatoo", "photo", "penis envy", "u2", "東京", "shitake",
    ])
    func whatEverySourceMayGive(_ text: String) {
        #expect(EntryRules.common(text) == nil)
    }

    @Test(
        arguments: [
            ("cat", 100, nil), ("mp3", 5_000, "digits"), ("сергей", 5_000, "script"), ("aaaah", 500, "noise"),
            ("xj", 9_999, "noise"), ("tv", 10_000, nil), ("fmr", 999, "noise"), ("nbc", 1_000, nil),
            ("rhythm", 100, nil),
            ("qu'il", 500, "function_word"), ("d'artagnan", 500, nil), ("o'brien", 500, nil),
            ("new york", 500, "noise"),
            ("http", 50_000, "boilerplate"),
        ] as [(String, Int, String?)])
    func words(_ text: String, _ count: Int, _ reason: String?) {
        #expect(EntryRules.word(text, count: count)?.rawValue == reason)
    }

    @Test(
        arguments: [
            ("tower bridge", nil), ("list of bridges", "listing"), ("gibbons v ogden", "listing"),
            ("henry v", nil),
            ("apollo 11", "digits"), ("nude beach", "adult"), ("nude", nil), ("zzz top", "noise"),
        ] as [(String, String?)])
    func titles(_ text: String, _ reason: String?) {
        #expect(EntryRules.title(text)?.rawValue == reason)
    }

    @Test(
        arguments: [
            ("great tit", nil), ("naked mole rat", nil), ("list", nil), ("area 51", "digits"),
            ("porn town", "adult"),
        ] as [(String, String?)])
    func names(_ text: String, _ reason: String?) {
        #expect(EntryRules.name(text)?.rawValue == reason)
    }

    @Test func everyListIsWrittenInNormalisedForm() {
        let normaliser = TextNormaliser()
        let lists = [
            ExclusionWords.adult, ExclusionWords.adultInPhrases, ExclusionWords.adultPhrases,
            ExclusionWords.boilerplatePhrases,
            ExclusionWords.fileParts, ExclusionWords.siteWords, ExclusionWords.spam, ExclusionWords.function,
        ]
        for text in lists.joined() { #expect(normaliser.normalise(text) == text) }
        for start in ExclusionWords.listingStarts { #expect(normaliser.normalise(start) + " " == start) }
    }
}

@Suite struct BigramRulesTests {
    private let rules: BigramRules
    private let lexicon: WordNetLexicon

    init() throws {
        let folder = try SmallWordNet.write()
        lexicon = try WordNetLexicon(folder: folder.path)
        rules = BigramRules(lexicon: lexicon)
    }

    @Test(
        arguments: [
            ("red fox", nil), ("red foxes", nil), ("running foxes", nil), ("baked geese", nil),
            ("keanu reeves", nil),
            ("quickly fox", "not_nominal"), ("fox quickly", "not_nominal"), ("fox red", "not_nominal"),
            ("bake geese", "not_nominal"), ("fox bakes", "not_nominal"), ("taken fox", "function_word"),
            ("fox redder", "not_nominal"), ("the fox", "function_word"), ("don't fox", "function_word"),
            ("fox's house", nil), ("mr fox", "function_word"), ("fox casino", "spam"),
            ("fox blog", "boilerplate"),
            ("nude fox", "adult"), ("fox fox", "noise"), ("fox b", "noise"), ("fox", "noise"),
            ("red fox den", "noise"),
            ("fox 2", "digits"),
        ] as [(String, String?)])
    func pairs(_ text: String, _ reason: String?) {
        #expect(rules.exclusion(of: text)?.rawValue == reason)
    }

    @Test func aWordThatMayNotTakePartSpoilsEveryPair() {
        for word in ["the", "casino", "blog", "nude", "b", "u2", "don't", "jpg", "fuck"] {
            #expect(!rules.mayTakePart(word))
            #expect(rules.exclusion(of: "red \(word)") != nil)
        }
        #expect(rules.mayTakePart("fox"))
    }

    @Test func inflectionsAreThoseOfMorphy() {
        for word in ["fox", "foxes", "goose", "geese", "house", "houses"] {
            #expect(lexicon.isNoun(word), "\(word)")
        }
        for word in ["running", "ran", "runs", "baked", "bakes", "mugged"] {
            #expect(lexicon.isVerb(word), "\(word)")
        }
        for word in ["reeves", "mugger"] { #expect(lexicon.isUnknown(word), "\(word)") }
        for word in ["redder", "reddest", "foxes", "ran", "quickly"] {
            #expect(!lexicon.isUnknown(word), "\(word)")
        }
        #expect(lexicon.isMostlyVerb("bake") && lexicon.isMostlyVerb("bakes"))
        #expect(
            !lexicon.isMostlyVerb("fox") && !lexicon.isMostlyVerb("run") && !lexicon.isMostlyVerb("baked"))
    }
}
