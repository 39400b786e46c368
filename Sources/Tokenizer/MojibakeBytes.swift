/// Bytes that were meant as UTF-8: damage undone, then decoded strictly.
enum MojibakeBytes {
    /// Gives no-break spaces and lost bytes back where they would complete a UTF-8 sequence.
    static func restored(_ bytes: [UInt8], spacesMayBeA0: Bool, substitutesAreLost: Bool) -> [UInt8] {
        var bytes = bytes
        if spacesMayBeA0, alteredSpace.occurs(in: bytes) {
            bytes = restoreAGrave(bytes)
            bytes = alteredSpace.replace(in: bytes) { $0.map { $0 == 0x20 ? 0xA0 : $0 } }
        }
        if substitutesAreLost { bytes = lostBytes.replace(in: bytes) { _ in [0xEF, 0xBF, 0xBD] } }
        return bytes
    }

    /// "Ã " alone is "à " far more often than the start of a word, but for Portuguese "às", "àquele", "àquela" and
    /// "àquilo".
    private static func restoreAGrave(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0xC3, index + 1 < bytes.count, bytes[index + 1] == 0x20,
                !notAGrave.contains(where: { bytes[(index + 2)...].starts(with: $0.utf8) })
            {
                output += [0xC3, 0xA0, 0x20]
                index += 2
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return output
    }

    private static let notAGrave = [" ", "quele", "quela", "quilo", "s "]

    /// Sequences that a space in place of 0xA0 spoils; lead bytes whose results would be unlikely are left out.
    private static let alteredSpace: BytePattern = {
        let continuation: ByteSet = [0x80...0xBF]
        let exceptEllipsisAndA0: ByteSet = [0x80...0x84, 0x86...0x9F, 0xA1...0xBF]
        let space: ByteSet = [0x20...0x20]
        let four: ByteSet = [0xF0...0xF0]
        return BytePattern([
            [[0xC2...0xC3, 0xC5...0xC5, 0xCE...0xCE, 0xD0...0xD0, 0xD9...0xD9], space],
            [[0xE2...0xE3], space, exceptEllipsisAndA0],
            [[0xE0...0xE3], exceptEllipsisAndA0, space],
            [four, space, continuation, continuation],
            [four, continuation, space, continuation],
            [four, continuation, continuation, space],
        ])
    }()

    /// Sequences in which continuation bytes were lost (0x1A), or one was turned into a question mark.
    private static let lostBytes: BytePattern = {
        let lost: ByteSet = [0x1A...0x1A]
        let lostOrMark: ByteSet = [0x1A...0x1A, 0x3F...0x3F]
        let any: ByteSet = [0x1A...0x1A, 0x80...0xBF]
        let anyOrMark: ByteSet = [0x1A...0x1A, 0x3F...0x3F, 0x80...0xBF]
        let surrogate: ByteSet = [0xED...0xED]
        let (high, low): (ByteSet, ByteSet) = ([0xA0...0xAF], [0xB0...0xBF])
        let (three, four): (ByteSet, ByteSet) = ([0xE0...0xEF], [0xF0...0xF4])
        return BytePattern([
            [[0xC2...0xDF], lost],
            [[0xC2...0xC3], [0x3F...0x3F]],
            [surrogate, high, lostOrMark, surrogate, low, anyOrMark],
            [surrogate, high, anyOrMark, surrogate, low, lostOrMark],
            [three, lostOrMark, any],
            [three, any, lostOrMark],
            [four, lostOrMark, any, any],
            [four, any, lostOrMark, any],
            [four, any, any, lostOrMark],
            [lost],
        ])
    }()

    /// Strict UTF-8; where the bytes 0xED or 0xC0 occur also CESU-8 pairs and Java's two-byte NUL. `nil` otherwise.
    static func decode(_ bytes: [UInt8]) -> Scalars? {
        let variants = bytes.contains(0xED) || bytes.contains(0xC0)
        let sound = variants ? withoutVariants(bytes) : bytes
        guard let text = String(validating: sound, as: UTF8.self) else { return nil }
        return Scalars(text.unicodeScalars)
    }

    /// Rewrites CESU-8 surrogate pairs and two-byte NULs as UTF-8.
    private static func withoutVariants(_ bytes: [UInt8]) -> [UInt8] {
        let nulls = javaNull.replace(in: bytes) { _ in [0] }
        return surrogatePair.replace(in: nulls) { pair in
            let bits = pair.map(UInt32.init)
            let value =
                (bits[1] & 0x0F) << 16 + (bits[2] & 0x3F) << 10 + (bits[4] & 0x0F) << 6 + (bits[5] & 0x3F)
            return Unicode.Scalar(value + 0x1_0000).map { Array(String($0).utf8) } ?? pair
        }
    }

    private static let javaNull = BytePattern([[[0xC0...0xC0], [0x80...0x80]]])
    private static let surrogatePair = BytePattern([
        [[0xED...0xED], [0xA0...0xAF], [0x80...0xBF], [0xED...0xED], [0xB0...0xBF], [0x80...0xBF]]
    ])
}

/// A set of byte values.
struct ByteSet: ExpressibleByArrayLiteral, Sendable {
    private var members = [Bool](repeating: false, count: 256)

    init(arrayLiteral ranges: ClosedRange<UInt8>...) {
        for range in ranges { for byte in range { members[Int(byte)] = true } }
    }

    func contains(_ byte: UInt8) -> Bool { members[Int(byte)] }
}

/// Alternatives of fixed length over bytes; the first that matches wins, as in a regular expression.
struct BytePattern: Sendable {
    private let alternatives: [[ByteSet]]

    init(_ alternatives: [[ByteSet]]) { self.alternatives = alternatives }

    func occurs(in bytes: [UInt8]) -> Bool { bytes.indices.contains { matchLength(bytes, at: $0) != nil } }

    /// Replaces each match, left to right, without overlap.
    func replace(in bytes: [UInt8], with replacement: ([UInt8]) -> [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if let length = matchLength(bytes, at: index) {
                output += replacement(Array(bytes[index..<index + length]))
                index += length
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return output
    }

    private func matchLength(_ bytes: [UInt8], at start: Int) -> Int? {
        alternatives.first { sets in
            start + sets.count <= bytes.count
                && sets.indices.allSatisfy { sets[$0].contains(bytes[start + $0]) }
        }?.count
    }
}
