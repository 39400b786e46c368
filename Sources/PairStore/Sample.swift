internal import Digest

/// Where the three members of a stored sample lie, from the start of the picture's header.
struct SampleLayout: Hashable {
    let image: Int
    let text: Int
    let json: Int

    var imageOffset: Int { TarHeader.blockSize }
    var textOffset: Int { imageOffset + TarHeader.padded(image) + TarHeader.blockSize }
    var jsonOffset: Int { textOffset + TarHeader.padded(text) + TarHeader.blockSize }
    var total: Int { jsonOffset + TarHeader.padded(json) }
}

/// The members of one pair: KEY.jpg (or png, webp, gif), KEY.txt and KEY.json.
enum Sample {
    /// The members' bytes, picture first, so that a loader reads one run of bytes.
    static func bytes(_ row: PairRow, image: some Collection<UInt8>, json: [UInt8]) -> [UInt8] {
        let layout = SampleLayout(image: image.count, text: row.text.utf8.count, json: json.count)
        var archive = TarWriter(reserving: layout.total)
        add(row, imageBytes: image.count, json: json, to: &archive) { $0.add(raw: image) }
        return archive.bytes
    }

    /// Adds the members to an archive; `addImage` adds the picture's own bytes, or puts them where the archive goes.
    static func add(
        _ row: PairRow, imageBytes: Int, json: [UInt8], to archive: inout TarWriter,
        addImage: (inout TarWriter) throws -> Void
    ) rethrows {
        let key = row.hexKey
        archive.addHeader(key + "." + row.format, size: imageBytes)
        try addImage(&archive)
        archive.addPadding(after: imageBytes)
        archive.add(key + ".txt", row.text.utf8)
        archive.add(key + ".json", json)
    }
}

/// `KEY.json`: what can never change about a pair, in one canonical form, so that its bytes can be checked.
///
/// Keys in ASCII order, no white space, no escapes but those that JSON demands; a value that is absent has no key.
enum SampleJSON {
    static let schema = 1

    static func encode(_ row: PairRow, queries: [String]) -> [UInt8] { encode(Facts(row, queries: queries)) }

    static func encode(_ facts: Facts) -> [UInt8] {
        var object = JSONText()
        if let extra = facts.extra { object.add("extra", raw: extra.json) }
        object.add("fetched_at", facts.fetchedAt)
        object.add("format", facts.format)
        object.add("height", facts.height)
        object.add("image_bytes", facts.imageBytes)
        object.add("key", facts.key)
        if let language = facts.language { object.add("language", language) }
        if let licence = facts.licence { object.add("licence", licence) }
        object.add("page_url", facts.pageURL)
        if let phash = facts.phash { object.add("phash", phash) }
        if let algorithm = facts.phashAlgorithm { object.add("phash_algorithm", algorithm) }
        object.add("priority", facts.priority)
        object.add("queries", facts.queries)
        object.add("schema", schema)
        object.add("sha256", facts.sha256)
        if let stored = facts.storedSHA256 { object.add("stored_sha256", stored) }
        object.add("text", facts.text)
        object.add("text_source", facts.textSource)
        object.add("url", facts.url)
        object.add("width", facts.width)
        return object.finish()
    }
}

extension Hex {
    /// Sixteen digits of a 64-bit number, most significant first.
    static func word(_ value: UInt64) -> String {
        encode((0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) })
    }

    /// The number of sixteen digits.
    static func word(of text: String) -> UInt64? {
        guard let bytes = decode(text), bytes.count == 8 else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// One JSON object (RFC 8259) written key by key.
struct JSONText {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// Usual samples fit without growing.
    init() { bytes.reserveCapacity(1024) }

    mutating func add(_ key: String, _ value: String) {
        addKey(key)
        addString(value)
    }

    mutating func add(_ key: String, _ value: some BinaryInteger) {
        addKey(key)
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func add(_ key: String, _ values: [String]) {
        addList(key, values) { $0.addString($1) }
    }

    mutating func add(_ key: String, _ values: [UInt32]) {
        addList(key, values) { $0.bytes.append(contentsOf: String($1).utf8) }
    }

    /// A value that is JSON already.
    mutating func add(_ key: String, raw value: String) {
        addKey(key)
        bytes.append(contentsOf: value.utf8)
    }

    consuming func finish() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private mutating func addList<T>(_ key: String, _ values: [T], _ add: (inout JSONText, T) -> Void) {
        addKey(key)
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            add(&self, value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func addKey(_ key: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        addString(key)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func addString(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            if Self.needsEscapes(UnsafeRawBufferPointer(utf8)) {
                for byte in utf8 { addEscaped(byte) }
            } else {
                bytes.append(contentsOf: utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether a byte is a control character, a quotation mark or a backslash. Looks at eight bytes at once: of a number
    /// less a small one in each byte, only bytes that are smaller get a high bit, but for ones above such a byte.
    private static func needsEscapes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (ones, high) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
        func isBelow(_ word: UInt64, _ limit: UInt64) -> UInt64 { (word &- ones &* limit) & ~word & high }
        let words = bytes.count & ~7
        for place in stride(from: 0, to: words, by: 8) {
            let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            let found =
                isBelow(word, 0x20) | isBelow(word ^ (ones &* 0x22), 1) | isBelow(word ^ (ones &* 0x5C), 1)
            if found != 0 { return true }
        }
        return bytes[words...].contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    }

    private mutating func addEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0..<0x20: bytes.append(contentsOf: ("\\u00" + Hex.encode([byte])).utf8)
        default: bytes.append(byte)
        }
    }
}
