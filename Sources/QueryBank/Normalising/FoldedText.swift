internal import CQueryBank
internal import Foundation

/// Text after folding: the first stage of matching and of normalising. Words consist of a–z, 0–9 and UTF-8; other
/// bytes separate. One object serves text after text without allocating.
struct FoldedText: ~Copyable {
    private var buffer = Buffer<UInt8>(capacity: 4096)
    /// Bytes of the last folded text.
    private(set) var count = 0
    let diacritics: TextNormaliser.Diacritics

    init(diacritics: TextNormaliser.Diacritics) { self.diacritics = diacritics }

    /// The folded bytes; zeros follow them.
    var bytes: UnsafePointer<UInt8> { UnsafePointer(buffer.base) }

    /// Folds UTF-8, malformed or not. With `keepingNewlines` a newline stays one and ends a text; else it separates.
    mutating func fold(_ raw: UnsafeRawBufferPointer, keepingNewlines: Bool) {
        buffer.reserve(raw.count + raw.count / 2 + Int(CQUERYBANK_FOLD_ROOM))
        var folder = cquerybank_folder()
        folder.keep_newlines = keepingNewlines
        run(&folder, raw)
        count = folder.produced
        UnsafeMutableRawPointer(buffer.base + count).initializeMemory(
            as: UInt8.self, repeating: 0, count: Int(CQUERYBANK_PADDING))
    }

    private mutating func run(_ folder: inout cquerybank_folder, _ raw: UnsafeRawBufferPointer) {
        folder.raw = raw.baseAddress?.assumingMemoryBound(to: UInt8.self)
        folder.raw_count = raw.count
        folder.keep_diacritics = diacritics == .keep
        while true {
            folder.folded = buffer.base
            folder.folded_capacity = buffer.capacity
            switch cquerybank_fold(&folder) {
            case CQUERYBANK_FOLD_NEEDS_ROOM:
                buffer.reserve(buffer.capacity * 2, keeping: folder.produced)
            case CQUERYBANK_FOLD_NEEDS_COMPOSITION:
                compose(&folder, raw)
            default: return
            }
        }
    }

    /// Folds a stretch between two ASCII bytes through NFKC. It is rare (text in decomposed form, marks out of
    /// order), so it may allocate.
    private mutating func compose(_ folder: inout cquerybank_folder, _ raw: UnsafeRawBufferPointer) {
        let start = folder.safe_consumed
        var end = folder.consumed
        while end < raw.count, raw[end] >= 0x80 { end += 1 }
        var composed = Self.nfkc(UnsafeRawBufferPointer(rebasing: raw[start..<end]))
        var inner = cquerybank_folder()
        inner.is_composed = true
        inner.keep_newlines = folder.keep_newlines
        inner.produced = folder.safe_produced
        inner.in_letter = folder.safe_in_letter
        composed.withUTF8 { run(&inner, UnsafeRawBufferPointer($0)) }
        folder.consumed = end
        folder.produced = inner.produced
        folder.in_letter = inner.in_letter
        folder.safe_consumed = end
        folder.safe_produced = inner.produced
        folder.safe_in_letter = inner.in_letter
        folder.last_class = 0
        folder.last_starter = UInt32.max
    }

    /// NFKC, after what `fold_table.py` calls step 0 and without marks in excess.
    private static func nfkc(_ utf8: UnsafeRawBufferPointer) -> String {
        var scalars = String.UnicodeScalarView()
        var marks = 0
        for scalar in String(decoding: utf8, as: UTF8.self).unicodeScalars {
            marks = scalar.properties.canonicalCombiningClass == .notReordered ? 0 : marks + 1
            switch scalar {
            case "`", "\u{B4}", "\u{2018}", "\u{2019}", "\u{201B}", "\u{2BC}", "\u{FF07}": scalars.append("'")
            case "\u{2120}", "\u{2122}": scalars.append(" ")
            default: if marks <= Int(CQUERYBANK_MAX_MARKS) { scalars.append(scalar) }
            }
        }
        // Foundation's own NFKC leaves what compatibility forms decompose to uncomposed (halfwidth ga: ka and a mark).
        return String(scalars).decomposedStringWithCompatibilityMapping.precomposedStringWithCanonicalMapping
    }
}

/// The words of a folded text, as places in it.
struct WordBounds: ~Copyable {
    private var bounds = Buffer<UInt32>(capacity: 1024)
    private var ends = Buffer<UInt32>(capacity: 256)
    private var possessiveWords = Buffer<UInt32>(capacity: 256)
    /// Words found.
    private(set) var count = 0
    /// Newlines found.
    private(set) var textCount = 0
    /// Words that end in 's.
    private(set) var possessiveCount = 0

    /// Two places for each word: its first byte and the byte after its last.
    var places: UnsafePointer<UInt32> { UnsafePointer(bounds.base) }
    /// For each newline, how many words come before it.
    var textEnds: UnsafePointer<UInt32> { UnsafePointer(ends.base) }
    /// The numbers of the words that end in 's, ascending.
    var possessives: UnsafePointer<UInt32> { UnsafePointer(possessiveWords.base) }

    /// Splits a folded text.
    mutating func split(_ text: borrowing FoldedText) {
        bounds.reserve(text.count + 32)
        ends.reserve(text.count)
        possessiveWords.reserve(text.count / 3 + 1)
        var words = cquerybank_words()
        words.bounds = bounds.base
        words.text_ends = ends.base
        words.possessives = possessiveWords.base
        cquerybank_split(text.bytes, text.count, &words)
        count = words.word_count
        textCount = words.text_count
        possessiveCount = words.possessive_count
    }

    /// What lies between a word and the one before it.
    @inline(__always)
    func gap(before word: Int, in text: borrowing FoldedText) -> Gap {
        var position = Int(places[2 * word - 1])
        let start = Int(places[2 * word])
        if start - position == 1 {
            switch text.bytes[position] {
            case UInt8(CQUERYBANK_GLUE): return .glue
            case UInt8(ascii: "\n"): return .newline
            default: return .separator
            }
        }
        while position < start {
            if text.bytes[position] == UInt8(ascii: "\n") { return .newline }
            position += 1
        }
        return .separator
    }

    /// Whether a word ends in 's after something.
    @inline(__always)
    func isPossessive(_ word: Int, in text: borrowing FoldedText) -> Bool {
        let end = Int(places[2 &* word &+ 1])
        guard end &- Int(places[2 &* word]) > 2 else { return false }
        return text.bytes[end &- 2] == UInt8(ascii: "'") && text.bytes[end &- 1] == UInt8(ascii: "s")
    }

    enum Gap { case separator, glue, newline }
}
