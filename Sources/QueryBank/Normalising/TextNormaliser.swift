/// Makes texts comparable: NFKC, case folded, diacritics folded, words separated by single spaces.
///
/// A word is a maximal run of letters, marks and digits with apostrophes inside; everything else separates. The
/// whole rule is in the target's `DESIGN.md`.
public struct TextNormaliser: Sendable {
    /// The version of the rules; a store and a compiled bank are bound to it.
    public static let version = 1

    /// What becomes of diacritics.
    public enum Diacritics: String, Sendable, CaseIterable, Codable {
        /// é matches e (the default).
        case fold
        /// é and e differ.
        case keep
    }

    /// What becomes of diacritics.
    public let diacritics: Diacritics

    /// A normaliser; two of the same option give the same results.
    public init(diacritics: Diacritics = .fold) { self.diacritics = diacritics }

    /// The normalised form; empty when no word is left.
    public func normalise(_ text: String) -> String {
        var text = text
        return text.withUTF8 { normalise(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// The same for UTF-8 that may be malformed: each ill-formed part separates words.
    public func normalise(utf8 bytes: UnsafeRawBufferPointer) -> String {
        var folded = FoldedText(diacritics: diacritics)
        var words = WordBounds()
        folded.fold(bytes, keepingNewlines: false)
        words.split(folded)
        return String(unsafeUninitializedCapacity: folded.count) { output in
            var length = 0
            for word in 0..<words.count {
                if word > 0, words.gap(before: word, in: folded) != .glue {
                    output[length] = UInt8(ascii: " ")
                    length += 1
                }
                for place in words.places[2 * word]..<words.places[2 * word + 1] {
                    output[length] = folded.bytes[Int(place)]
                    length += 1
                }
            }
            return length
        }
    }
}
