/// The character references of XML (XML 1.0, sections 4.1 and 4.6) and the few of HTML that wiki markup uses.
enum XMLText {
    private static let named: [String: String] = [
        "lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'", "nbsp": " ", "ndash": "–", "mdash": "—",
        "thinsp": " ", "ensp": " ", "emsp": " ", "shy": "", "lsquo": "‘", "rsquo": "’", "ldquo": "“",
        "rdquo": "”",
    ]
    private static let maxNameBytes = 8

    /// Replaces the references; an unknown one stays as it is.
    static func unescape(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var position = 0
        while let start = bytes.firstIndex(of: UInt8(ascii: "&"), from: position) {
            output.append(contentsOf: bytes[position..<start])
            let limit = Swift.min(bytes.count, start + 2 + maxNameBytes)
            if let end = bytes[start..<limit].firstIndex(of: UInt8(ascii: ";")),
                let text = reference(String(decoding: bytes[start + 1..<end], as: UTF8.self))
            {
                output.append(contentsOf: text.utf8)
                position = end + 1
            } else {
                output.append(UInt8(ascii: "&"))
                position = start + 1
            }
        }
        output.append(contentsOf: bytes[position...])
        return output
    }

    private static func reference(_ name: String) -> String? {
        guard name.hasPrefix("#") else { return named[name] }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        guard let value = UInt32(isHexadecimal ? digits.dropFirst() : digits, radix: isHexadecimal ? 16 : 10),
            let scalar = Unicode.Scalar(value)
        else { return nil }
        return String(Character(scalar))
    }
}
