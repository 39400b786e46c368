/// Texts that would fit any picture, or the button it stands for.
enum GenericWords {
    /// Every word is a word for "picture", a word of navigation or a mere filler.
    static func isGeneric(_ text: String) -> Bool {
        let isBracketed = text.first == "[" && text.last == "]"
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" }
        guard words.count <= 8 else { return false }
        // "[image of music]" is what converters write when they know nothing of the picture.
        if isBracketed, words.count >= 2, words[1] == "of", kinds.contains(words[0]) { return true }
        var said = false
        for word in words {
            if kinds.contains(word) || navigation.contains(word)
                || (isBracketed && admonitions.contains(word))
            {
                said = true
            } else if !fillers.contains(word), !word.allSatisfy(\.isNumber) {
                return false
            }
        }
        return said || words.allSatisfy { $0.count < 2 || fillers.contains($0) }
    }

    private static let kinds = set(
        "image images img picture pictures pic pics photo photos photograph graphic graphics logo logos icon icons "
            + "banner thumbnail thumb thumbnails avatar placeholder spacer pixel blank bullet figure fig illustration "
            + "cover gallery slide slideshow carousel hero background decoration decorative divider separator line "
            + "untitled unnamed default none null undefined nan alt title caption text description preview")

    private static let navigation = set(
        "prev previous next home up down top bottom back forward left right first last contents index menu search "
            + "close open loading loader button arrow arrows link click here enlarge zoom larger bigger full size view "
            + "show hide more less read download play pause stop share tweet print email rss feed follow login "
            + "advertisement ad ads sponsored expand collapse toggle edit permalink external skip go site website page"
    )

    private static let fillers = set(
        "a an the of for to in on and or this that our your is it by with no not as")

    // DocBook's icons: [Note], [Tip].
    private static let admonitions = set("note notes tip tips warning caution important info hint danger")

    private static func set(_ words: String) -> Set<Substring> { Set(words.split(separator: " ")) }
}
