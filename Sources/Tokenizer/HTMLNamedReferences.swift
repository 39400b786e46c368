import CHTML

/// The named character references of the HTML Standard, section 13.5: 2,125 names, of which 106 also count without their
/// semicolon. A test compares every entry with Python's `html.entities`.
enum HTMLNamedReferences {
    /// Name, with its semicolon or without where both count → text.
    static func table() -> [String: String] {
        var names: [String: String] = [:]
        names.reserveCapacity(2_231)
        var points: [UInt32] = [0, 0]
        while let name = chtml_reference_at(names.count, &points) {
            let scalars = points.filter { $0 != 0 }.compactMap(Unicode.Scalar.init)
            names[String(cString: name)] = String(String.UnicodeScalarView(scalars))
        }
        return names
    }
}
