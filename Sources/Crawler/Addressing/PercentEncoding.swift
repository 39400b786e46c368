/// The percent-encode sets of the WHATWG URL standard and the bytes that RFC 3986 calls unreserved.
enum PercentEncoding {
    /// A set of ASCII characters that are written as `%XX`; control characters and all beyond ASCII always are.
    struct EncodeSet: Sendable {
        private let low: UInt64
        private let high: UInt64

        init(_ characters: String) {
            var bits: UInt128 = (1 << 32) - 1 | 1 << 127
            for byte in characters.utf8 { bits |= 1 << UInt128(byte) }
            low = UInt64(truncatingIfNeeded: bits)
            high = UInt64(truncatingIfNeeded: bits >> 64)
        }

        @inline(__always)
        func contains(_ byte: UInt8) -> Bool {
            if byte >= 128 { return true }
            return (byte < 64 ? low >> UInt64(byte) : high >> UInt64(byte & 63)) & 1 == 1
        }
    }

    static let fragment = EncodeSet(" \"<>`")
    static let specialQuery = EncodeSet(" \"#<>'")
    static let path = EncodeSet(" \"#<>?^`{}")
    static let userinfo = EncodeSet(" \"#<>?^`{}/:;=@[\\]|")

    /// Adds bytes, those of the set percent-encoded.
    static func append(_ bytes: some Sequence<UInt8>, to out: inout [UInt8], encoding set: EncodeSet) {
        for byte in bytes {
            if set.contains(byte) {
                out.append(37)
                out.append(digits[Int(byte >> 4)])
                out.append(digits[Int(byte & 15)])
            } else {
                out.append(byte)
            }
        }
    }

    /// The bytes with every `%XX` decoded; a `%` without two hexadecimal digits stays.
    static func decode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if let value = escape(in: bytes, at: index) {
                out.append(value)
                index = bytes.index(index, offsetBy: 3)
            } else {
                out.append(bytes[index])
                index = bytes.index(after: index)
            }
        }
        return out
    }

    /// One spelling for all that RFC 3986, 6.2.2 calls equivalent: unreserved characters decoded, hexadecimal
    /// digits in upper case.
    static func normalise(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard let value = escape(in: bytes, at: index) else {
                out.append(bytes[index])
                index = bytes.index(after: index)
                continue
            }
            if isUnreserved(value) {
                out.append(value)
            } else {
                out += [37, digits[Int(value >> 4)], digits[Int(value & 15)]]
            }
            index = bytes.index(index, offsetBy: 3)
        }
        return out
    }

    /// The value of the `%XX` that starts at an index, if one does.
    static func escape<Bytes: Collection<UInt8>>(in bytes: Bytes, at index: Bytes.Index) -> UInt8? {
        guard bytes[index] == 37 else { return nil }
        let digits = bytes[index...].dropFirst().prefix(2)
        guard digits.count == 2, let first = digits.first.flatMap(value),
            let second = digits.dropFirst().first.flatMap(value)
        else { return nil }
        return first << 4 | second
    }

    /// The value of a hexadecimal digit.
    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 45, 46, 95, 126: true
        default: false
        }
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}
