/// The word lists of `EntryRules`, one idea a list.
enum ExclusionWords {
    /// Words that make an entry pornographic or a slur wherever they stand. Anatomy and medicine stay.
    static let adult = set(
        """
        anilingus ballbusting bdsm blowjobs boner boob boobs bukkake buttplug camgirl camgirls camwhore chink chinks
        clit clits cum cumming cunnilingus cunt cunts cunty deepthroat dildo dildos dominatrix ecchi facesitting
        fag faggot faggots fags fellatio femdom fingerbang footjob futanari gangbang gokkun handjob hentai hooker
        hookers horny incest jizz kike kikes lolicon masturbate masturbates masturbated masturbating milf milfs
        nigga niggas nigger niggers nudes nympho orgasm orgasms orgies orgy pegging pussies pussy queef rape raped
        rapes raping rimjob rimming schlong scrotum sex sexes sexcam sexy shemale shemales shota shotacon sissy
        skank skanky slut sluts slutty smut snuff sodomise sodomize spic spics strapon stripper strippers striptease
        threesome tit tits titties titty tranny trannies twat twats upskirt voyeurweb wank wanker wankers wanking
        wetback wetbacks whore whores xxx yaoi yuri
        """)

    /// Letters that make any word containing them adult.
    static let adultStems = [
        "porn", "fuck", "blowjob", "cumshot", "bitch", "asshole", "jerkoff", "sexcam", "cocksuck", "bollock",
        "shithead", "bullshit", "dumbass", "motherf",
    ]

    /// Harmless words that are adult only together.
    static let adultPhrases = set("x", separator: "\n")

    /// What a page says whatever it shows, and the parts of file names and addresses.
    static let boilerplate = set(
        """
        click here
        """, separator: "\n")

    static let spam = set("casino viagra")
    static let function = set("a an the")
    static let listingStarts = ["list of ", "lists of "]

    private static func set(_ text: String, separator: Character = " ") -> Set<String> {
        Set(text.split { $0 == separator || $0 == "\n" }.map(String.init).filter { !$0.isEmpty })
    }
}
