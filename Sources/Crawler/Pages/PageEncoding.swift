/// Turns the bytes of a page into text: byte-order mark, then the header's charset, then the markup's, then
/// UTF-8 if the bytes are that, else windows-1252 (the order of the HTML standard's sniffing algorithm).
///
/// Done before parsing: a declaration, or one bad byte, must not change what the page was read as so far.
enum PageEncoding {
    /// Bytes searched for a declaration in the markup (HTML standard, "prescan": 1,024).
    static let prescanBytes = 1_024

    /// The text of a page; bytes that mean nothing become U+FFFD.
    static func decode(_ body: [UInt8], contentType: String?) -> String {
        if let (encoding, length) = byteOrderMark(body) { return decode(body[length...], as: encoding) }
        let label = contentType.flatMap(charset(ofHeader:)) ?? charset(ofMarkup: body.prefix(prescanBytes))
        if let encoding = label.flatMap(EncodingLabels.encoding(of:)) {
            return decode(body[...], as: encoding)
        }
        if let text = String(validating: body, as: UTF8.self) { return text }
        let text = String(decoding: body, as: UTF8.self)
        return isMostlyUTF8(text) ? text : decode(body[...], as: .converted("CP1252"))
    }

    /// The `charset` parameter of a Content-Type header.
    static func charset(ofHeader value: String) -> String? {
        for parameter in value.split(separator: ";").dropFirst() {
            let parts = parameter.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = parts[0].filter { !$0.isWhitespace }
            guard name.lowercased() == "charset" else { continue }
            let label = parts[1].filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" }
            return label.isEmpty ? nil : label
        }
        return nil
    }

    /// The charset that a meta element or an XML declaration states near the top.
    static func charset(ofMarkup head: ArraySlice<UInt8>) -> String? {
        for marker in [Array("charset".utf8), Array("encoding".utf8)] {
            var rest = head
            while let found = place(of: marker, in: rest) {
                rest = rest[(found + marker.count)...]
                if let label = label(after: rest) {
                    // The standard: a page whose declaration could be read so far is not UTF-16, whatever it says.
                    return label.hasPrefix("utf-16") ? "utf-8" : label
                }
            }
        }
        return nil
    }

    /// Where a word in lower case stands, in any case.
    private static func place(of word: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= word.count else { return nil }
        return (bytes.startIndex...(bytes.endIndex - word.count)).first { start in
            bytes[start] | 32 == word[0] && word.indices.allSatisfy { bytes[start + $0] | 32 == word[$0] }
        }
    }

    /// The value after `=` in lower case, quoted or not.
    private static func label(after bytes: ArraySlice<UInt8>) -> String? {
        let value = bytes.drop { isSpace($0) }
        guard value.first == UInt8(ascii: "=") else { return nil }
        let label = value.dropFirst().drop {
            isSpace($0) || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'")
        }
        .prefix { byte in
            (48...57).contains(byte) || (97...122).contains(byte | 32) || "-_:.".utf8.contains(byte)
        }
        return label.isEmpty ? nil : String(decoding: label, as: UTF8.self).lowercased()
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func byteOrderMark(_ body: [UInt8]) -> (encoding: Encoding, length: Int)? {
        if body.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if body.starts(with: [0xFE, 0xFF]) { return (.converted("UTF-16BE"), 2) }
        if body.starts(with: [0xFF, 0xFE]) { return (.converted("UTF-16LE"), 2) }
        return nil
    }

    /// A page cut in the middle of a character, or with a stray byte, is still UTF-8 when most of it is.
    private static func isMostlyUTF8(_ text: String) -> Bool {
        var broken = 0
        var whole = 0
        for scalar in text.unicodeScalars where scalar.value > 0x7F {
            if scalar.value == 0xFFFD { broken += 1 } else { whole += 1 }
        }
        return broken * 10 <= whole
    }

    private static func decode(_ bytes: ArraySlice<UInt8>, as encoding: Encoding) -> String {
        guard case .converted(let name) = encoding, let text = CharacterConverter.convert(bytes, from: name)
        else {
            return String(decoding: bytes, as: UTF8.self)
        }
        return text
    }

    /// What a page may be written in.
    enum Encoding: Equatable {
        case utf8
        /// An encoding by the name that iconv knows it under.
        case converted(String)
    }
}
