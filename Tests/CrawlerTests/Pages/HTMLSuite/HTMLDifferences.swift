/// The cases in which our reader differs from the suite, by the reason that SUITES.md gives.
enum HTMLDifferences {
    static let trees: [String: [String]] = [
        "what stands in the wrong place of a table is not moved before it": [
            "webkit-adoption01#11", "webkit-adoption01#12", "webkit-tests1#79", "webkit-tests1#80",
            "webkit-tests18#24", "webkit-tests18#25", "webkit-tests7#28",
        ],
        "NUL is left out of text everywhere, and U+FFFD nowhere put in its place": [
            "webkit-domjs-unsafe#4", "webkit-domjs-unsafe#5", "webkit-domjs-unsafe#6",
            "webkit-domjs-unsafe#7",
            "webkit-domjs-unsafe#8", "webkit-domjs-unsafe#15", "webkit-domjs-unsafe#16",
            "webkit-domjs-unsafe#17", "webkit-plain-text-unsafe#10", "webkit-plain-text-unsafe#11",
            "webkit-plain-text-unsafe#15", "webkit-plain-text-unsafe#16", "webkit-plain-text-unsafe#17",
            "webkit-plain-text-unsafe#18", "webkit-plain-text-unsafe#21",
        ],
        "each html tag is told by itself, and the builder takes the first that states a language": [
            "webkit-template#66", "webkit-template#67", "webkit-template#68", "webkit-tests14#4",
            "webkit-tests14#6", "webkit-tests19#38", "webkit-tests19#39", "webkit-tests19#89",
        ],
        "a template has the insertion mode of a body, whatever it began with": ["webkit-template#77"],
        "what was told before a frameset took the body's place stays told": ["webkit-tests6#49"],
    ]

    /// Tests of tokens by their name: `</>` is no comment, as the standard has it, and the texts of comments, which nobody
    /// asks for, keep the dashes at the page's end and lose NUL.
    static let tokens = [
        "not a tag #2", "not a tag #3", "comment9", "comment10", "comment11", "comment12", "comment16",
        "comment17",
        "comment19",
    ]

    /// Why a case of the tree's suite differs; nil where it may not.
    static func reason(_ name: String) -> String? { trees.first { $0.value.contains(name) }?.key }
}
