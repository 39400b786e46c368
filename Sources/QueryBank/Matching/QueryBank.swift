internal import Synchronization

/// A compiled query list: gives every query that occurs in a text.
///
/// A query occurs where its normalised text stands in the normalised text and neither end cuts a word. Between and
/// beside letters of Han, Kana, Thai, Lao and Khmer there is no word to cut; only a letter and its marks stay
/// together. A word `x's` of the text stands for `x` as well.
public struct QueryBank: Sendable {
    /// The list that ids refer to.
    public let list: QueryList
    private let idle: IdleMatchers

    /// Makes a matcher of a list, which is compiled already: this is free.
    public init(_ list: QueryList) {
        self.list = list
        idle = IdleMatchers()
    }

    /// The queries that occur in a text: ids ascending, each once. Thread safe.
    public func match(_ text: String) -> [QueryID] {
        var text = text
        return text.withUTF8 { match(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// The same for UTF-8 that may be malformed: each ill-formed part separates words. At most 1 GiB.
    public func match(utf8 bytes: UnsafeRawBufferPointer) -> [QueryID] {
        precondition(bytes.count <= 1 << 30, "places in a text are 32-bit numbers")
        let matcher = idle.take() ?? MatcherBox(list.image)
        defer { idle.give(matcher) }
        matcher.chunk.match(bytes, asLines: false)
        return Array(UnsafeBufferPointer(start: matcher.chunk.sortedIDs, count: matcher.chunk.matchCount))
    }
}

/// A matcher that can be kept in an array.
///
/// Unchecked because `IdleMatchers`' lock hands it to one caller at a time.
private final class MatcherBox: @unchecked Sendable {
    var chunk: ChunkMatcher
    init(_ image: BankImage) { chunk = ChunkMatcher(image) }
}

/// Matchers that wait for a text: as many as threads ever matched at once, up to a bound.
private final class IdleMatchers: Sendable {
    private static let most = 64
    private let boxes = Mutex<[MatcherBox]>([])

    func take() -> MatcherBox? { boxes.withLock { $0.popLast() } }

    func give(_ box: MatcherBox) {
        boxes.withLock { if $0.count < Self.most { $0.append(box) } }
    }
}
