/// Texts that would fit any picture, or the button it stands for.
enum GenericWords {
    /// Every word is a word for "picture", of navigation, of a page's parts, or a mere filler.
    static func isGeneric(_ text: String) -> Bool { judge(text).isGeneric }

    /// The text says that its picture belongs to the page's furniture: a button, a bullet, an icon, a logo. What stands
    /// around such a picture is not about it.
    static func isFurniture(_ text: String) -> Bool {
        let text = text.drop(while: \.isWhitespace)
        guard !text.isEmpty else { return false }
        let judgement = judge(String(text))
        return judgement.isGeneric && (judgement.saysFurniture || !text.contains(where: \.isLetter))
    }

    private static func judge(_ text: String) -> (isGeneric: Bool, saysFurniture: Bool) {
        let isBracketed = text.first == "[" && text.last == "]"
        var words: [Substring] = []
        var rest = text.lowercased()[...]
        while let word = nextWord(&rest) {
            words.append(word)
            // Most texts tell by one of their first words.
            if words.count > 8 || (!isBracketed && saysSomething(word)) { return (false, false) }
        }
        // "[image of music]" is what converters write when they know nothing of the picture.
        if isBracketed, words.count >= 2, words[1] == "of", kinds.contains(words[0]) { return (true, false) }
        var (said, furniture) = (false, false)
        for word in words {
            if self.furniture.contains(word) || (isBracketed && admonitions.contains(word)) {
                (said, furniture) = (true, true)
            } else if isOfPictures(word) {
                said = true
            } else if saysSomething(word) {
                return (false, false)
            }
        }
        return (said || words.allSatisfy { $0.count < 2 || fillers.contains($0) }, furniture)
    }

    private static func nextWord(_ rest: inout Substring) -> Substring? {
        let start = rest.drop(while: isBetweenWords)
        let word = start.prefix { !isBetweenWords($0) }
        rest = start[word.endIndex...]
        return word.isEmpty ? nil : word
    }

    private static func isBetweenWords(_ character: Character) -> Bool {
        if let ascii = character.asciiValue {
            return !(97...122).contains(ascii | 32) && !(48...57).contains(ascii)
                && ascii != UInt8(ascii: "'")
        }
        return !character.isLetter && !character.isNumber
    }

    /// A word that fits any picture, or any part of a page.
    private static func isOfPictures(_ word: Substring) -> Bool {
        kinds.contains(word) || invitations.contains(word) || sections.contains(word)
    }

    /// A word that is neither generic nor a filler nor a number.
    private static func saysSomething(_ word: Substring) -> Bool {
        !furniture.contains(word) && !isOfPictures(word) && !fillers.contains(word)
            && !word.allSatisfy(\.isNumber)
    }

    private static let kinds = set(
        "image images img picture pictures pic pics photo photos photograph graphic graphics thumbnail thumb thumbnails "
            + "figure fig illustration cover gallery slide slideshow carousel hero line untitled unnamed default none "
            + "null undefined nan alt title caption text description preview page todo")

    private static let furniture = set(
        "logo logos icon icons banner avatar placeholder spacer pixel blank bullet background decoration decorative "
            + "divider separator prev previous next home up down top bottom back forward left right first last contents "
            + "index menu search close loading loader button arrow arrows link hide more less download pause stop share "
            + "tweet print email rss feed follow login advertisement ad ads sponsored expand collapse toggle edit "
            + "permalink external skip go site website")

    // What a picture that leads to a larger one asks for.
    private static let invitations = set(
        "click here open enlarge zoom larger bigger full size view show read play")

    // Headings that parts of any document have.
    private static let sections = set(
        "overview options introduction usage example examples summary conclusion known issues warnings see also"
    )

    private static let fillers = set(
        "a an the of for to in on and or this that our your is it by with no not as product documentation")

    // DocBook's icons: [Note], [Tip].
    private static let admonitions = set("note notes tip tips warning caution important info hint danger")

    private static func set(_ words: String) -> Set<Substring> { Set(words.split(separator: " ")) }
}
