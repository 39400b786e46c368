/// The text that CLIP tokenizes: mojibake and typography repaired (ftfy's `fix_text`), HTML references resolved
/// twice, white space collapsed, lower case.
enum CaptionCleaner {
    /// Cleans a caption as OpenCLIP's tokenizer does by default.
    static func clean(_ caption: String) -> Scalars {
        var text = Scalars(caption.unicodeScalars)
        if !isSound(text) { text = repair(text) }
        if text.contains("&") { text = HTMLReferences.unescape(HTMLReferences.unescape(text)) }
        return LowerCase.apply(to: collapseWhiteSpace(text))
    }

    /// Repairs line by line; from the first line with a "<" on, references are left to the later step.
    static func repair(_ text: Scalars) -> Scalars {
        var output: Scalars = []
        var start = 0
        var mayHoldMarkup = false
        while start < text.count {
            let newline = text[start...].firstIndex(of: "\n") ?? text.count - 1
            let end = min(newline + 1, start + longestSegment)
            let line = Scalars(text[start..<end])
            mayHoldMarkup = mayHoldMarkup || line.contains("<")
            output += repairLine(line, unescape: !mayHoldMarkup)
            start = end
        }
        return output
    }

    /// ftfy's bound, in code points, on what is looked at in one piece.
    private static let longestSegment = 1_000_000

    private static func repairLine(_ line: Scalars, unescape: Bool) -> Scalars {
        var line = line
        while true {
            var better = unescape ? HTMLReferences.unescapeCertain(line) : line
            better = CharacterRepair.apply(to: MojibakeRepair.apply(to: better))
            better = Composition.apply(to: better)
            if better == line { return line }
            line = better
        }
    }

    /// Whether no repair can apply: the case of nearly every caption, so it is decided in one pass.
    static func isSound(_ text: Scalars) -> Bool {
        for scalar in text {
            if scalar == "&" || !CharacterTraits.of(scalar).isDisjoint(with: [.repaired, .mayCompose]) {
                return false
            }
        }
        // A rule may hold at the start of a line, and none holds across lines.
        return !text.split(separator: "\n").contains { MojibakeRules.suspect($0) }
    }

    /// No white space at the ends, one space for each run between.
    private static func collapseWhiteSpace(_ text: Scalars) -> Scalars {
        var output: Scalars = []
        output.reserveCapacity(text.count)
        var pending = false
        for scalar in text {
            if CharacterTraits.of(scalar).contains(.space) {
                pending = !output.isEmpty
                continue
            }
            if pending { output.append(" ") }
            pending = false
            output.append(scalar)
        }
        return output
    }
}
