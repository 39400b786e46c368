import CCLD

/// The language of a pair's text.
///
/// A page states one language for all that stands on it, and often the wrong one; a text of some words tells by itself.
enum WrittenLanguage {
    /// The text's language as a BCP 47 tag where CLD2 is sure of it, else what the page states.
    static func tag(of text: String, stated: String?) -> String? { detect(text, hint: stated) ?? stated }

    /// The language that CLD2 is sure of; nil for most texts of one or two words.
    static func detect(_ text: String, hint: String? = nil) -> String? {
        var text = text
        let answer = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { ccld_detect($0.baseAddress, $0.count, hint) }
        }
        guard answer.is_reliable, answer.percent >= minPercent, let code = answer.code, suffices(text) else {
            return nil
        }
        let name = String(cString: code)
        return name == "un" || name.hasPrefix("xx") ? nil : current[name] ?? name
    }

    /// Of two words in Latin letters CLD2 is too often sure: "A candy cane." is Kinyarwanda to it. Other scripts tell more.
    private static func suffices(_ text: String) -> Bool {
        text.utf8.count >= 20
            || text.unicodeScalars.contains { $0.value >= 0x370 && $0.properties.isAlphabetic }
    }

    /// A text in two languages has none.
    private static let minPercent = 60

    /// CLD2's codes that ISO 639 has withdrawn.
    private static let current = ["iw": "he", "jw": "jv", "mo": "ro"]
}
