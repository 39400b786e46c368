/// The header of one WARC record (ISO 28500:2017, 5 and 6), as far as an import needs it.
package struct ArchiveRecord: Equatable {
    /// `response`, `resource`, `revisit`, `metadata` and others, in lower case.
    package private(set) var type = ""
    /// `WARC-Target-URI`, without the angle brackets that some writers of WARC 1.0 put around it.
    package private(set) var target = ""
    /// `WARC-Date`.
    package private(set) var date = ""
    /// `Content-Type` of the block.
    package private(set) var contentType = ""
    /// `WARC-Refers-To-Target-URI` of a revisit.
    package private(set) var refersTo = ""
    /// `Content-Length`, of the block.
    package private(set) var length = 0

    /// Reads the lines of a header, the version's included; nil for what is none.
    init?(_ header: UnsafeRawBufferPointer) {
        var hasLength = false
        var next = header.lineEnd(from: 0).map { $0 + 1 } ?? header.count
        while next < header.count {
            let end = header.lineEnd(from: next) ?? header.count
            let line = header[next..<end]
            next = end + 1
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            guard let field = Field(line[..<colon]) else { continue }
            let value = Self.text(line[(colon + 1)...])
            switch field {
            case .type: type = value.lowercased()
            case .target: target = Self.unwrapped(value)
            case .date: date = value
            case .contentType: contentType = value.lowercased()
            case .refersTo: refersTo = Self.unwrapped(value)
            case .length:
                guard let number = Int(value), number >= 0 else { return nil }
                (length, hasLength) = (number, true)
            }
        }
        guard hasLength, !type.isEmpty else { return nil }
    }

    /// The fields that are read, by their names in lower case.
    private enum Field: String, CaseIterable {
        case type = "warc-type"
        case target = "warc-target-uri"
        case date = "warc-date"
        case contentType = "content-type"
        case refersTo = "warc-refers-to-target-uri"
        case length = "content-length"

        private static let names = allCases.map { (name: Array($0.rawValue.utf8), field: $0) }

        /// Tells a field by its name in any case; nil for others, which most lines of a header are.
        init?(_ name: Slice<UnsafeRawBufferPointer>) {
            let found = Self.names.first { known in
                known.name.count == name.count
                    && zip(known.name, name).allSatisfy { $0 == ((65...90).contains($1) ? $1 | 32 : $1) }
            }
            guard let found else { return nil }
            self = found.field
        }
    }

    /// Reads the line that a record of an ARC file begins with (version 1: address, IP address, date, media type, length;
    /// version 2 has more between the last two); nil for what is none. The address may hold spaces.
    init?(arc line: UnsafeRawBufferPointer) {
        let words = Self.text(line[...]).split(separator: " ", omittingEmptySubsequences: false)
        guard let dateAt = words.lastIndex(where: Self.isARCDate), dateAt >= 2, dateAt + 2 < words.count,
            let number = words.last.flatMap({ Int($0) }), number >= 0
        else { return nil }
        target = words[..<(dateAt - 1)].joined(separator: " ")
        (date, length) = (Self.date(arc: words[dateAt]), number)
        let isAnswer = target.hasPrefix("http://") || target.hasPrefix("https://")
        type = target.hasPrefix("filedesc:") ? "warcinfo" : isAnswer ? "response" : "resource"
        contentType = isAnswer ? "application/http" : words[dateAt + 1].lowercased()
    }

    private static func isARCDate(_ word: Substring) -> Bool {
        word.utf8.count == 14 && word.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// `20140216050221` as WARC writes it.
    private static func date(arc digits: Substring) -> String {
        var text = ""
        for (place, digit) in digits.enumerated() {
            text += [4: "-", 6: "-", 8: "T", 10: ":", 12: ":"][place, default: ""]
            text.append(digit)
        }
        return text + "Z"
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        var bytes = bytes
        while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func unwrapped(_ uri: String) -> String {
        uri.hasPrefix("<") && uri.hasSuffix(">") ? String(uri.dropFirst().dropLast()) : uri
    }
}
