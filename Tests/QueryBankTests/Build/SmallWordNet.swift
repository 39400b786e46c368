import TestSupport

/// A WordNet of a handful of words, in the files and the format of wndb(5WN).
enum SmallWordNet {
    private static let licence = "  1 This software and database is being provided to you, the LICENSEE, by\n"

    private static let files = [
        "index.noun": ["fox", "goose", "house", "run", "bake", "red_fox", "vulpes_vulpes", "blowjob"],
        "index.verb": ["run", "bake", "mug", "fox"],
        "index.adj": ["red", "galore"],
        "index.adv": ["quickly"],
    ]
    private static let exceptions = [
        "noun.exc": "geese goose\n", "verb.exc": "ran run\nrunning run\n",
        "adj.exc": "redder red\nreddest red\n", "adv.exc": "",
    ]
    private static let data = [
        "data.noun": [
            "00000100 05 n 03 fox 0 red_fox 0 Vulpes_vulpes 0 001 @ 00000000 n 0000 | a gloss",
            "00000200 05 n 01 goose 0 000 | a bird", "00000300 05 n 01 blowjob 0 000 | slang",
            "00000400 05 n 02 house 0 B 0 000 | a dwelling",
        ],
        "data.verb": [
            "00000500 30 v 02 run 0 bake 1 000 01 + 02 00 | to move",
            "00000600 30 v 01 mug 0 000 01 + 02 00 | to rob",
        ],
        "data.adj": [
            "00000700 00 a 01 red 0 000 | a colour", "00000800 00 s 01 galore(ip) 0 000 | in plenty",
        ],
        "data.adv": ["00000900 02 r 01 quickly 0 000 | fast"],
    ]
    private static let senses = """
        bake%1:04:00:: 00000501 1 1
        bake%2:30:00:: 00000500 1 7
        fox%1:05:00:: 00000100 1 4
        red_fox%1:05:00:: 00000100 1 2
        run%1:04:00:: 00000502 1 40
        run%2:30:00:: 00000500 1 40
        galore%5:00:00:abundant:00 00000800 1 0

        """

    /// Writes it into a fresh folder, or into one that is there.
    @discardableResult
    static func write(to given: TemporaryFolder? = nil, under prefix: String = "") throws -> TemporaryFolder {
        let folder = try given ?? TemporaryFolder()
        for (name, lemmas) in files {
            let lines = lemmas.map { "\($0) n 1 0 1 0 00000100  \n" }
            try folder.write(prefix + name, (licence + lines.joined()).utf8)
        }
        for (name, text) in exceptions { try folder.write(prefix + name, text.utf8) }
        for (name, lines) in data {
            try folder.write(prefix + name, (licence + lines.map { $0 + "  \n" }.joined()).utf8)
        }
        try folder.write(prefix + "index.sense", senses.utf8)
        return folder
    }
}
