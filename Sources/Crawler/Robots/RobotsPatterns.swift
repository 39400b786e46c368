/// The patterns of a robots.txt in one flat buffer, and the matching of paths with them.
///
/// Patterns and paths are compared in one normal form (RFC 9309, 2.2.2): every `%XX` decoded but `%25` and, up to
/// the query, `%2F`, which would change the meaning. A pattern is cut at its `*` before decoding, so that `%2A` is an asterisk and no wildcard.
struct RobotsPatterns: Sendable {
    /// One pattern: pieces that must follow each other in the path, the first at its start.
    struct Pattern: Sendable {
        fileprivate var pieces: Range<Int>
        fileprivate var isAnchored: Bool
        /// How specific it is: its length in octets, as written.
        let length: Int
    }

    private var bytes: [UInt8] = []
    private var pieces: [Range<Int>] = []

    /// Takes in a pattern; runs of `*` count as one.
    mutating func add(_ text: ArraySlice<UInt8>) -> Pattern {
        let isAnchored = text.last == 36
        let first = pieces.count
        let body = isAnchored ? text.dropLast() : text
        var isQuery = false
        for (index, piece) in body.split(separator: 42, omittingEmptySubsequences: false).enumerated() {
            if piece.isEmpty, index > 0, pieces[pieces.count - 1].isEmpty, pieces.count > first + 1 {
                continue
            }
            let start = bytes.count
            bytes += RobotsPatterns.decode(piece, isQuery: &isQuery)
            pieces.append(start..<bytes.count)
        }
        return Pattern(pieces: first..<pieces.count, isAnchored: isAnchored, length: text.count)
    }

    /// Whether a path in normal form matches: its beginning, or all of it when the pattern ends in `$`.
    ///
    /// Leftmost matches suffice between wildcards, so there is no backtracking.
    func matches(_ pattern: Pattern, _ path: [UInt8]) -> Bool {
        let first = bytes[pieces[pattern.pieces.lowerBound]]
        guard path.starts(with: first) else { return false }
        var position = first.count
        let rest = pattern.pieces.dropFirst()
        guard let last = rest.last else { return !pattern.isAnchored || position == path.count }
        for index in rest.dropLast() {
            guard let end = find(pieces[index], in: path, from: position) else { return false }
            position = end
        }
        guard pattern.isAnchored else { return find(pieces[last], in: path, from: position) != nil }
        let tail = bytes[pieces[last]]
        return path.count - position >= tail.count && path.suffix(tail.count).elementsEqual(tail)
    }

    /// Where the leftmost occurrence of a piece ends.
    private func find(_ piece: Range<Int>, in path: [UInt8], from start: Int) -> Int? {
        ByteSearch.firstEnd(of: bytes[piece], in: path, from: start)
    }

    /// The normal form of a path.
    static func decode(_ path: some Collection<UInt8>) -> [UInt8] {
        var isQuery = false
        return decode(path, isQuery: &isQuery)
    }

    /// The normal form of a part of a path or pattern; `isQuery` says whether a `?` came before.
    private static func decode(_ text: some Collection<UInt8>, isQuery: inout Bool) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            guard let value = PercentEncoding.escape(in: text, at: index) else {
                if text[index] == 63 { isQuery = true }
                out.append(text[index])
                index = text.index(after: index)
                continue
            }
            switch value {
            case 37: out += "%25".utf8
            case 47 where !isQuery: out += "%2F".utf8
            default: out.append(value)
            }
            index = text.index(index, offsetBy: 3)
        }
        return out
    }
}
