/// A caption of ASCII text that needs no repair: most English captions. It yields the same words as cleaning and
/// splitting would, without leaving bytes.
struct PlainText {
    private let bytes: UnsafeBufferPointer<UInt8>

    /// `nil` if a byte is not ASCII, may begin a character reference or is a control character that is not white space.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.allSatisfy({ Self.kinds[Int($0)] != .special }) else { return nil }
        self.bytes = bytes
    }

    /// Calls `body` with each word in lower case.
    func forEach(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count) { lower in
            for (index, byte) in bytes.enumerated() {
                lower[index] = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            }
            let text = UnsafeBufferPointer(rebasing: lower[..<bytes.count])
            var index = 0
            while index < text.count {
                let end = Self.endOfWord(text, at: index)
                if end > index { body(UnsafeBufferPointer(rebasing: text[index..<end])) }
                index = max(end, index + 1)
            }
        }
    }

    /// The same rule as `WordSplitter.endOfWord`, over bytes.
    private static func endOfWord(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Int {
        let kind = kinds[Int(text[start])]
        if kind == .space { return start }
        if kind == .number { return start + 1 }
        if text[start] == UInt8(ascii: "'"), let length = contractionLength(text[(start + 1)...]) {
            return start + length
        }
        var end = start + 1
        while end < text.count, kinds[Int(text[end])] == kind { end += 1 }
        return end
    }

    private static func contractionLength(_ rest: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard let first = rest.first else { return nil }
        if "stmd".utf8.contains(first) { return 2 }
        return ["re", "ve", "ll"].contains { rest.starts(with: $0.utf8) } ? 3 : nil
    }

    private enum Kind: UInt8 { case letter, number, space, other, special }

    private static let kinds: [Kind] = (UInt8(0)...255).map { byte in
        switch byte {
        case 0x09, 0x0A, 0x0C, 0x0D, 0x20: .space
        case 0x00..<0x20, UInt8(ascii: "&"), 0x7F...: .special
        case 0x30...0x39: .number
        case 0x41...0x5A, 0x61...0x7A: .letter
        default: .other
        }
    }
}
