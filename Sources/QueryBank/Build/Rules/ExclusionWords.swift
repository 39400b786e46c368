/// The word lists of `EntryRules`, one idea a list. Texts are compared after normalising.
enum ExclusionWords {
    /// Pornography, obscenities and slurs: no entry of any source has one of these words. Anatomy, medicine and words
    /// that also name something harmless (a bird, a plant, a tool, a surname) are not here.
    static let adult = set(
        """
        anilingus bdsm bitch bitches bitchin bitching bitchy blowjobs bukkake buttplug camgirl camgirls chink
        chinks clit clits cumming cunnilingus cunt cunts deepthroat dildo dildos dominatrix dumbass ecchi
        facesitting fag faggot faggots fags fellatio femdom footjob futanari gangbang gangbangs gokkun handjob
        handjobs hentai incest jizz kike kikes lolicon milf milfs nigga niggas niggaz nigger niggers nudes
        orgies orgy porn porns queef rape raped rapes raping rapist rapists rimjob rimming sexcam sexting sexy
        shemale shemales shit shite shits shitless shitting shitty shota shotacon skank skanky slut sluts
        slutty sodomise sodomize spic spics strapon striptease stripteases threesome threesomes titties titty
        trannies tranny twat twats upskirt wank wanker wankers wanking wetback wetbacks whore whores whoring
        xxx xxxx yaoi
        """)

    /// Beginnings that make a word adult.
    static let adultPrefixes = [
        "asshol", "blowjob", "bullshit", "cocksuck", "cumshot", "fuck", "horseshit", "jackoff", "jerkoff",
        "masturbat",
        "mindfuck", "mothafuck", "motherfuck", "porno", "pornh", "pornstar",
    ]

    /// Words that make a pair of words or a title adult although they may stand alone; animals and places may have them.
    static let adultInPhrases = set(
        """
        anal ass asses bastard bastards bondage boner boob boobs booty bra bras breasts brothel brothels
        callgirl cleavage clitoris condom condoms crotch cum damn damned ejaculate ejaculating ejaculation
        erect erection erections erotic erotica escort escorts fart farting farts fetish fetishes fetishism
        foreplay gag genital genitalia genitals groped groping hooker hookers horny jerking kinky labia libido
        licking lingerie lube lust lusty molest molested molesting naked nipple nipples nude nudist nudists
        nudity orgasm orgasmic orgasms panties panty pee penetration penile penis penises pervert perverted
        perverts piss pissed pissing playboy poop prostitute prostitutes prostitution pubic pussies pussy
        retard retarded retards scrotum seduce seduced semen sex sexes sexual sexuality sexually spank
        spanking sperm spunk stripper strippers suck sucked sucking sucks swinger swingers testicle testicles
        testicular thong thongs tits topless turd underage undies vagina vaginal vibrator vibrators virginity
        vulva whorehouse
        """)

    /// Harmless words that are adult together; whole entries only.
    static let adultPhrases = set(
        """
        anal intercourse; anal sex; bare ass; butt plug; cock sucking; have sex; max hardcore; nude dancing;
        oral sex; piece of ass; sex act; sex activity; sex bomb; sex kitten; sex manual; sex object; sex
        starved
        """, separator: ";")

    /// What pages say whatever they show; whole entries only.
    static let boilerplatePhrases = set(
        """
        add to cart; all rights reserved; alt text; back to top; buy now; click for; click here; click image; click on;
        click to enlarge; close up of; contact us; continue reading; cover image; default image; featured image; file
        photo; find out more; follow us; full size; get started; here to; home page; icon of; illustration of; image
        by; image courtesy; image credit; image for; image from; image may contain; image may; image not found; image
        of; image size; image source; image via; images for; images of; last updated; learn more; load more; log in;
        logo of; main image; may contain; more info; more information; next page; no image; photo by; photo courtesy;
        photo credit; photo of; photo via; photos of; picture of; pictures of; posted by; posted on; powered by;
        previous page; print page; privacy policy; profile picture; read more; related posts; see more; share this;
        sign in; sign up; site map; skip to content; sold out; stock image; stock photo; stock photography; stock
        photos; terms of use; thumbnail image; untitled image; user avatar; view all; view larger; view larger image;
        view of; watch now
        """, separator: ";")

    /// Parts of file names, addresses, markup and wiki syntax: no entry has one of these words.
    static let fileParts = set(
        """
        asp aspx bgcolor bmp cellpadding cellspacing cgi colspan com dsc dscf dscn favicon ftp gif gifs href htm html
        http https iframe img imgp infobox ini jpe jpeg jpegs jpg jpgs jsp mdash nbsp ndash nowrap org php png pngs px
        quot rowspan shtml src svg thumbs tif tiff txt uploads url urls utm valign webp wikitable www xhtml xml
        """)

    /// Words of pages about themselves, and of pictures that say nothing about what they show: no pair of words has one.
    static let siteWords = set(
        """
        blog blogger bloggers blogging blogs browse clic click clicked clicking clicks comment commenter
        commenters comments cookies copyright disclaimer download downloaded downloading downloads email
        emails facebook faq faqs forum forums google googled homepage hyperlink hyperlinks image images
        instagram link linked linking links login logo logos logout newsletter newsletters online page
        pageviews password passwords permalink photo photograph photographs photos pic pics picture pictures
        pinterest post posted poster posters posting posts reddit redditor redditors reddits screenshot
        screenshots signup site sitemap sites snapchat spam subreddit subreddits subscribe thumbnail
        thumbnails tumblr twitter upload uploaded username usernames wallpaper wallpapers web webpage webpages
        website websites wiki youtube
        """)

    /// The language of advertisements and link farms: no pair of words has one.
    static let spam = set(
        """
        adipex affiliate affiliates ambien annuities annuity bankruptcy buy casino casinos cheap cheaper cheapest cialis
        consolidation coupon coupons credit dating deals debt debts diet discount discounted discounts ebay ebook ebooks
        essay essays forex freebies gambling hosting hydrocodone insurance insurers investing investor lenders lending
        levitra loan loans lottery mortgage mortgages payday phentermine pills poker prepaid refinance refinancing
        replica ringtone ringtones sale seo slots supplement supplements tramadol valium viagra wholesale xanax
        """)

    /// Function words of English and of the languages that leak into English text, and forms of address: a pair of
    /// words needs two content words.
    static let function = set(
        """
        a about above across actually after again against ago ahead alike all almost alone along already also although
        always am amid among amongst an and another any anybody anymore anyone anything anyway anywhere apart are
        around as aside at away back badly basically be became because become becomes becoming been before began begin
        begins behind being below beneath beside besides between beyond both but by came can cannot certain come comes
        coming could despite did do does doing done dont down due during each either else elsewhere enough especially
        etc even ever every everybody everyone everything everywhere except exactly extremely far few fewer finally
        for forth forward from further gave get gets getting give given gives giving go goes going gone gonna got gotta
        gotten had has have having he hello hence her here hers herself hey him himself his how however huge i ie if
        in indeed instead into is it its itself just keep keeps kept kinda knew know knowing known knows later least
        less let lets like likely literally little lot lots made make makes making many may maybe me mere mine more
        most much must my myself near nearly neither never nevertheless next no nobody non none nonetheless nor not
        nothing now nowhere of off often oh ok okay on once one ones only onto or other others otherwise ought our ours
        ourselves out over own per perhaps please plus possibly pretty probably put puts putting quite rather re really
        regarding said same saw say saying says see seeing seem seemed seems seen several shall she should simply since
        so some somebody somehow someone something sometimes somewhat somewhere soon still stuff such take taken takes
        taking tell telling tells than thank thanks that the their theirs them themselves then there therefore these
        they thing things think thinking thinks this those though thought through throughout thus til till to together
        told too took totally toward towards tried tries try trying two under unless unlike until up upon use used
        uses using usually various versus very via vs wanna want wanted wanting wants was way ways we well went were
        what whatever when whenever where whereas wherever whether which whichever while who whoever whole whom whose
        why will with within without would yeah yes yet you your yours yourself yourselves
        he's here's how's it's let's one's she's that's there's what's where's who's
        dr messrs mr mrs ms sir
        aber auch auf aus avec bei cada cette dans dem den der des dich die dies ein eine einem einen einer el elle er ese
        est esta este et euch fur gli habe hat ich ihr il ils ist je jeder kein las les los mais mas mein mich mir mit
        nach nicht noch nur oder ou par para pas pero por pour quand que qui schon sein sich sie sind sur todo todos
        und une una unas uno unos vom von vous war wenn wie wir zu zum zur
        """)

    /// Starts of titles that name no thing.
    static let listingStarts = [
        "administrative divisions of ", "bibliography of ", "communications in ", "comparison of ",
        "deaths in ",
        "demographics of ", "discography of ", "economy of ", "foreign relations of ", "glossary of ",
        "history of ",
        "index of ", "list of ", "lists of ", "military of ", "outline of ", "politics of ",
        "telecommunications in ",
        "timeline of ", "transport in ",
    ]

    private static func set(_ text: String, separator: Character? = nil) -> Set<String> {
        guard let separator else { return Set(text.split { $0 == " " || $0 == "\n" }.map(String.init)) }
        let phrases = text.split(separator: separator).map { $0.split { $0 == " " || $0 == "\n" } }
        return Set(phrases.map { $0.joined(separator: " ") })
    }
}
