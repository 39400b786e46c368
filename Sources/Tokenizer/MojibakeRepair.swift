/// Undoes text that was written as UTF-8 and read in a single-byte character set, in the steps of ftfy's
/// `fix_encoding`.
enum MojibakeRepair {
    /// Repairs layer after layer until nothing changes.
    static func apply(to text: Scalars) -> Scalars {
        var text = text
        while let better = oneStep(text), better != text { text = better }
        return text
    }

    /// The sets in the order in which they are tried.
    private static let candidates: [SingleByteEncoding] = [
        .latin1, .windows1252, .windows1251, .windows1250, .windows1253, .windows1254, .windows1257, .latin2,
        .macRoman, .codePage437,
    ]
    private static let macRoman = 8

    /// One layer undone, or `nil` where there is nothing to undo.
    private static func oneStep(_ text: Scalars) -> Scalars? {
        guard MojibakeRules.suspect(text) else { return nil }
        for (index, encoding) in candidates.enumerated() {
            guard let bytes = encoding.encode(text) else { continue }
            let restored = MojibakeBytes.restored(
                bytes, spacesMayBeA0: index != macRoman, substitutesAreLost: encoding.marksLostBytes)
            if let decoded = MojibakeBytes.decode(restored) { return decoded }
        }
        if let better = EmbeddedMojibake.repair(text), better != text { return better }
        if let better = readAsWindows1252(text), better != text { return better }
        if text.contains(where: isControl) {
            return Scalars(text.map { isControl($0) ? windows1252($0) : $0 })
        }
        return nil
    }

    /// The whole text as Windows-1252, if it is Latin-1 and none of its bytes is one that Windows-1252 leaves open.
    private static func readAsWindows1252(_ text: Scalars) -> Scalars? {
        guard text.allSatisfy({ $0.value < 0x100 }) else { return nil }
        let meant = text.map(windows1252)
        return meant.contains(where: isControl) ? nil : Scalars(meant)
    }

    private static func windows1252(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        isControl(scalar)
            ? SingleByteEncoding.windows1252.scalar(UInt8(truncatingIfNeeded: scalar.value)) : scalar
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool { (0x80...0x9F).contains(scalar.value) }
}

/// Mojibake inside a text that as a whole is sound.
enum EmbeddedMojibake {
    /// Repairs each run that looks like UTF-8 sequences and is suspect; `nil` if there is no such run.
    static func repair(_ text: Scalars) -> Scalars? {
        var output: Scalars = []
        var found = false
        var index = 0
        while index < text.count {
            let end = endOfRun(text, at: index)
            guard end > index else {
                output.append(text[index])
                index += 1
                continue
            }
            found = true
            let run = Scalars(text[index..<end])
            output +=
                run.count < text.count && MojibakeRules.suspect(run) ? MojibakeRepair.apply(to: run) : run
            index = end
        }
        return found ? output : nil
    }

    /// The end of the longest row of sequences from `start` on, which must not follow a continuation character.
    private static func endOfRun(_ text: Scalars, at start: Int) -> Int {
        if start > 0, clues[text[start - 1]]?.strictContinuation == true { return start }
        var end = start
        while end < text.count, let length = clues[text[end]]?.continuations, length > 0,
            end + length < text.count,
            text[end + 1...end + length].allSatisfy({ clues[$0]?.continuation == true })
        {
            end += length + 1
        }
        return end
    }

    /// What a character can be in a UTF-8 sequence that was read in a Latin-1-like set.
    private struct Clue {
        var continuations = 0
        var continuation = false
        var strictContinuation = false
    }

    /// The sets that resemble Latin-1: the bytes of a sequence look like one accented letter and symbols.
    private static let clues: [Unicode.Scalar: Clue] = {
        let sets: [SingleByteEncoding] = [
            .latin1, .windows1252, .windows1251, .windows1250, .windows1253, .windows1254, .windows1257,
        ]
        var clues: [Unicode.Scalar: Clue] = [:]
        for set in sets {
            for byte in UInt8(0x80)...0xF3 {
                let scalar = set.scalar(byte)
                if byte < 0xC0 {
                    clues[scalar, default: Clue()].continuation = true
                    if !lenient.contains(scalar) { clues[scalar, default: Clue()].strictContinuation = true }
                } else if let length = continuations[byte], clues[scalar]?.continuations ?? 0 == 0 {
                    clues[scalar, default: Clue()].continuations = length
                }
            }
        }
        // A space may have been a no-break space (0xA0).
        clues[" ", default: Clue()].continuation = true
        return clues
    }()

    /// Continuations that also stand for themselves beside mojibake.
    private static let lenient: Set<Unicode.Scalar> = ["–", "—", "―", "‘", "’", "‚", "“", "”", "„", "•", "…"]

    /// Bytes that follow a lead byte. Of the four-byte leads only those of assigned planes count.
    private static let continuations: [UInt8: Int] = {
        var lengths: [UInt8: Int] = [0xF0: 3, 0xF3: 3]
        for byte in UInt8(0xC2)...0xDF { lengths[byte] = 1 }
        for byte in UInt8(0xE0)...0xEF { lengths[byte] = 2 }
        return lengths
    }()
}
