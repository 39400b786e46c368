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
            let value = { Self.text(line[(colon + 1)...]) }
            switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
            case "warc-type": type = value().lowercased()
            case "warc-target-uri": target = Self.unwrapped(value())
            case "warc-date": date = value()
            case "content-type": contentType = value().lowercased()
            case "warc-refers-to-target-uri": refersTo = Self.unwrapped(value())
            case "content-length":
                guard let number = Int(value()), number >= 0 else { return nil }
                (length, hasLength) = (number, true)
            default: break
            }
        }
        guard hasLength, !type.isEmpty else { return nil }
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
