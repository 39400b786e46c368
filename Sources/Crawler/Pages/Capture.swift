/// The text inside one kind of element, kept up to a limit; elements of the same kind inside it add to it.
struct Capture {
    private(set) var depth = 0
    private var bytes: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Such an element is open.
    var isOpen: Bool { depth > 0 }

    /// An element starts; the outermost one begins a new text.
    mutating func open() {
        if depth == 0 { bytes.removeAll(keepingCapacity: true) }
        depth += 1
    }

    /// An element ends; true when it was the outermost one, whose text is whole now.
    mutating func close() -> Bool {
        guard depth > 0 else { return false }
        depth -= 1
        return depth == 0
    }

    /// The text of the last outermost element.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func add(_ text: UnsafeRawBufferPointer) {
        guard depth > 0, bytes.count < limit else { return }
        bytes.append(contentsOf: text.prefix(limit - bytes.count))
    }

    /// Keeps the words on both sides of a block apart.
    mutating func separate() {
        if depth > 0, bytes.count < limit { bytes.append(UInt8(ascii: " ")) }
    }
}
