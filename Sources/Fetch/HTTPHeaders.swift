/// The header fields of an answer, in the order received; names are compared without regard to case.
public struct HTTPHeaders: Sendable {
    /// The fields as received, values trimmed and decoded as UTF-8 with repairs.
    public private(set) var fields: [(name: String, value: String)] = []

    /// No fields.
    public init() {}

    /// The given fields, in order.
    public init(_ fields: [(name: String, value: String)]) { self.fields = fields }

    /// The first value of a field.
    public subscript(name: String) -> String? {
        fields.first { HTTPHeaders.equal($0.name, name) }?.value
    }

    /// All values of a field, in order; a list within one value is not split.
    public func values(_ name: String) -> [String] {
        fields.filter { HTTPHeaders.equal($0.name, name) }.map(\.value)
    }

    /// Takes in one line without its line end. A line that starts with white space goes on with the field before
    /// it (RFC 9112, 5.2); one without a colon is dropped.
    mutating func add(line: some BidirectionalCollection<UInt8>) {
        guard let first = line.first else { return }
        if first == 32 || first == 9 {
            guard let last = fields.indices.last else { return }
            fields[last].value += " " + HTTPHeaders.text(line)
        } else if let colon = line.firstIndex(of: 58) {
            let name = HTTPHeaders.text(line[..<colon])
            if !name.isEmpty { fields.append((name, HTTPHeaders.text(line[line.index(after: colon)...]))) }
        }
    }

    /// The bytes as text, without white space around them.
    private static func text(_ bytes: some BidirectionalCollection<UInt8>) -> String {
        var kept = bytes[...]
        while let byte = kept.first, byte == 32 || (9...13).contains(byte) { kept.removeFirst() }
        while let byte = kept.last, byte == 32 || (9...13).contains(byte) { kept.removeLast() }
        return String(decoding: kept, as: UTF8.self)
    }

    private static func equal(_ a: String, _ b: String) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        return zip(a.utf8, b.utf8).allSatisfy { lower($0) == lower($1) }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 32 : byte }
}
