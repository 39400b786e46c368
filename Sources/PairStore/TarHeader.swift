/// The 512-byte header block of an archive member (POSIX.1-1988 ustar, with GNU's size extension on reading).
struct TarHeader {
    static let blockSize = 512
    /// What one member's size field can say: eleven octal digits.
    static let maxSize = (1 << 33) - 1

    var name: String
    var size: Int
    var type: UInt8

    /// Bytes rounded up to whole blocks.
    static func padded(_ size: Int) -> Int { (size + blockSize - 1) & ~(blockSize - 1) }

    /// A plain file's header: fixed time, owner and mode, so that equal members give equal bytes.
    static func append(name: String, size: Int, to bytes: inout [UInt8]) {
        precondition(name.utf8.count <= 100 && size >= 0 && size <= maxSize, "not a plain ustar member")
        let start = bytes.count
        bytes.append(contentsOf: template)
        overwrite(&bytes, at: start, with: name.utf8)
        writeOctal(size, digits: 11, at: start + 124, of: &bytes)
        // The template has nothing where the name and the size stand.
        let own =
            name.utf8.reduce(0) { $0 + Int($1) }
            + bytes[(start + 124)..<(start + 135)].reduce(0) { $0 + Int($1) }
        writeOctal(templateSum + own, digits: 6, at: start + 148, of: &bytes)
        bytes[start + 154] = 0
    }

    private static let template: [UInt8] = {
        var block = [UInt8](repeating: 0, count: blockSize)
        overwrite(&block, at: 100, with: "0000644\0".utf8)
        overwrite(&block, at: 108, with: "0000000\0".utf8)
        overwrite(&block, at: 116, with: "0000000\0".utf8)
        overwrite(&block, at: 136, with: "00000000000\0".utf8)
        overwrite(&block, at: 148, with: "        ".utf8)
        block[156] = UInt8(ascii: "0")
        overwrite(&block, at: 257, with: "ustar\0".utf8)
        overwrite(&block, at: 263, with: "00".utf8)
        overwrite(&block, at: 329, with: "0000000\0".utf8)
        overwrite(&block, at: 337, with: "0000000\0".utf8)
        return block
    }()

    private static let templateSum = template.reduce(0) { $0 + Int($1) }

    private static func overwrite(_ bytes: inout [UInt8], at start: Int, with text: some Sequence<UInt8>) {
        for (index, byte) in text.enumerated() { bytes[start + index] = byte }
    }

    private static func writeOctal(_ value: Int, digits: Int, at start: Int, of bytes: inout [UInt8]) {
        var rest = value
        for index in stride(from: start + digits - 1, through: start, by: -1) {
            bytes[index] = UInt8(ascii: "0") + UInt8(rest & 7)
            rest >>= 3
        }
    }

    /// Reads a header block; `nil` when the checksum or a number does not hold.
    init?(_ block: UnsafeRawBufferPointer) {
        guard block.count == Self.blockSize, Self.checksumHolds(block) else { return nil }
        guard let size = Self.number(block[124..<136]), size >= 0 else { return nil }
        self.size = size
        type = block[156]
        let name = Self.text(block[0..<100])
        // GNU's own format ("ustar  ") keeps other data where ustar has its name prefix.
        let isPosix = block[257..<263].elementsEqual("ustar\0".utf8)
        let prefix = isPosix ? Self.text(block[345..<500]) : ""
        self.name = prefix.isEmpty ? name : prefix + "/" + name
    }

    private static func checksumHolds(_ block: UnsafeRawBufferPointer) -> Bool {
        guard let stated = number(block[148..<156]) else { return false }
        var unsigned = 8 * 32
        var signed = 8 * 32
        for index in 0..<blockSize where !(148..<156).contains(index) {
            unsigned += Int(block[index])
            signed += Int(Int8(bitPattern: block[index]))
        }
        // Old archivers summed signed characters.
        return stated == unsigned || stated == signed
    }

    private static func text(_ field: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Octal digits between blanks, or GNU's big-endian binary form (top bit of the first byte set).
    private static func number(_ field: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 { return binaryNumber(field, first: first) }
        var value = 0
        var seen = false
        for byte in field.drop(while: { $0 == 32 || $0 == 0 }) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else {
                return byte == 32 || byte == 0 ? value : nil
            }
            guard value < 1 << 59 else { return nil }
            value = value << 3 | Int(byte - UInt8(ascii: "0"))
            seen = true
        }
        return seen || field.allSatisfy { $0 == 32 || $0 == 0 } ? value : nil
    }

    private static func binaryNumber(_ field: Slice<UnsafeRawBufferPointer>, first: UInt8) -> Int? {
        guard first == 0x80 else { return nil }
        var value = 0
        for byte in field.dropFirst() {
            guard value < 1 << 54 else { return nil }
            value = value << 8 | Int(byte)
        }
        return value
    }
}
