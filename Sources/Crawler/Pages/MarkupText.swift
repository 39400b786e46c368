import CHTML

/// Text as a page has it, and what it stands for.
enum MarkupText {
    /// The text that some bytes of a page stand for; `resolving` says whether they may hold character references.
    static func string(
        _ bytes: UnsafeBufferPointer<CChar>, resolving: Bool, inAttribute: Bool = false
    ) -> String {
        if chtml_is_plain(bytes.baseAddress, bytes.count) {
            return String(decoding: UnsafeRawBufferPointer(bytes), as: UTF8.self)
        }
        let most = bytes.count * Int(CHTML_DECODE_GROWTH)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: most) { out in
            let count = chtml_decode(
                bytes.baseAddress, bytes.count, resolving, inAttribute, out.baseAddress)
            return String(
                decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(out)[..<count]),
                as: UTF8.self)
        }
    }

    /// The characters of a reference by its name, without `&` and `;`; nil when there is none of that name.
    static func reference(named name: Substring) -> String? {
        var name = name + ";"
        var points: [UInt32] = [0, 0]
        let count = name.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { chtml_reference($0.baseAddress, $0.count, &points) }
        }
        guard count > 0 else { return nil }
        let scalars = points.prefix(Int(count)).compactMap(Unicode.Scalar.init)
        return String(String.UnicodeScalarView(scalars))
    }
}
