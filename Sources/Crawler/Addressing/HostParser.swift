internal import CIDN
internal import Fetch

/// The WHATWG URL standard's host parser for the web's schemes.
enum HostParser {
    /// The host as it is written in a URL: a lower-case ASCII domain, dotted IPv4, or IPv6 in brackets.
    static func parse(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        if bytes.first == 91 {
            guard bytes.count > 2, bytes.last == 93 else { return nil }
            return parseIPv6(bytes.dropFirst().dropLast())
        }
        guard let domain = ascii(bytes), !domain.isEmpty, !domain.contains(where: isForbidden) else {
            return nil
        }
        return endsInNumber(domain) ? parseIPv4(domain) : domain
    }

    /// "Domain to ASCII". An ASCII domain without a punycode label needs no more than lower case.
    private static func ascii(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        let decoded = bytes.contains(37) ? PercentEncoding.decode(bytes) : Array(bytes)
        let lower = decoded.map { (65...90).contains($0) ? $0 | 32 : $0 }
        if lower.allSatisfy({ $0 < 128 }), !containsPunycode(lower) { return lower }
        // Broken UTF-8 becomes U+FFFD, which no domain may hold.
        let text = Array(String(decoding: decoded, as: UTF8.self).utf8)
        guard text.count <= 4096 else { return nil }
        var out = [UInt8](repeating: 0, count: 8192)
        let written = out.withUnsafeMutableBytes { out in
            text.withUnsafeBytes { text in
                cidn_to_ascii(
                    text.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(text.count),
                    out.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(out.count))
            }
        }
        return written < 0 ? nil : Array(out.prefix(Int(written)))
    }

    private static func containsPunycode(_ lower: [UInt8]) -> Bool {
        guard lower.contains(45) else { return false }
        return lower.split(separator: 46).contains { $0.starts(with: "xn--".utf8) }
    }

    /// "Forbidden domain code point".
    private static func isForbidden(_ byte: UInt8) -> Bool {
        switch byte {
        case ...32, 127, UInt8(ascii: "#"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "<"),
            UInt8(ascii: ">"),
            UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "]"),
            UInt8(ascii: "^"), UInt8(ascii: "|"), UInt8(ascii: "%"):
            true
        default: false
        }
    }

    // MARK: IPv4

    private static func endsInNumber(_ domain: [UInt8]) -> Bool {
        var labels = domain.split(separator: 46, omittingEmptySubsequences: false)
        if labels.last?.isEmpty == true {
            if labels.count == 1 { return false }
            labels.removeLast()
        }
        guard let last = labels.last, let first = last.first, (48...57).contains(first) else { return false }
        return last.allSatisfy { (48...57).contains($0) } || number(last) != nil
    }

    private static func parseIPv4(_ domain: [UInt8]) -> [UInt8]? {
        var parts = domain.split(separator: 46, omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true, parts.count > 1 { parts.removeLast() }
        guard parts.count <= 4 else { return nil }
        let numbers = parts.compactMap(number)
        guard numbers.count == parts.count, let last = numbers.last else { return nil }
        guard numbers.dropLast().allSatisfy({ $0 <= 255 }), last < 1 << UInt64(8 * (5 - numbers.count)) else {
            return nil
        }
        let address = numbers.dropLast().enumerated().reduce(last) {
            $0 + $1.element << UInt64(8 * (3 - $1.offset))
        }
        return Array(IPAddress.v4(UInt32(address)).description.utf8)
    }

    /// A decimal, octal (`0…`) or hexadecimal (`0x…`) number; numbers beyond 40 bits all give the same.
    private static func number(_ text: ArraySlice<UInt8>) -> UInt64? {
        guard !text.isEmpty else { return nil }
        var digits = text
        var radix: UInt64 = 10
        if text.count >= 2, text.first == 48 {
            digits = digits.dropFirst()
            radix = 8
            if digits.first == 120 || digits.first == 88 {
                digits = digits.dropFirst()
                radix = 16
            }
        }
        var result: UInt64 = 0
        for digit in digits {
            guard let value = PercentEncoding.value(digit), UInt64(value) < radix else { return nil }
            result = min(result * radix + UInt64(value), 1 << 40)
        }
        return result
    }

    // MARK: IPv6

    private static func parseIPv6(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        guard bytes.allSatisfy({ PercentEncoding.value($0) != nil || $0 == 58 || $0 == 46 }),
            case .v6(let address)? = IPAddress(String(decoding: bytes, as: UTF8.self))
        else { return nil }
        let pieces = (0..<8).map { UInt16(truncatingIfNeeded: address >> UInt128(112 - 16 * $0)) }
        return Array("[\(text(of: pieces))]".utf8)
    }

    /// The standard's "IPv6 serializer": hexadecimal pieces only, the first longest run of zeros compressed.
    private static func text(of pieces: [UInt16]) -> String {
        var best = 0..<0
        var start = 0
        while start < 8 {
            let end = pieces[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(best.count, 1) { best = start..<end }
            start = end + 1
        }
        func joined(_ pieces: ArraySlice<UInt16>) -> String {
            pieces.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if best.isEmpty { return joined(pieces[...]) }
        return joined(pieces[..<best.lowerBound]) + "::" + joined(pieces[best.upperBound...])
    }
}
