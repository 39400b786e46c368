/// Full lower-casing with the final sigma (Unicode, section 3.13 and SpecialCasing), which `String.lowercased()`
/// leaves out.
enum LowerCase {
    static func apply(to text: Scalars) -> Scalars {
        var output: Scalars = []
        output.reserveCapacity(text.count)
        for (index, scalar) in text.enumerated() {
            if scalar.isASCII {
                let isUpper = (0x41...0x5A).contains(scalar.value)
                output.append(isUpper ? Unicode.Scalar(UInt8(scalar.value | 0x20)) : scalar)
            } else if scalar == "Σ" {
                output.append(isFinal(text, at: index) ? "ς" : "σ")
            } else if scalar.properties.changesWhenLowercased {
                output += scalar.properties.lowercaseMapping.unicodeScalars
            } else {
                output.append(scalar)
            }
        }
        return output
    }

    /// A sigma after a cased letter and not before one, case-ignorable characters aside.
    private static func isFinal(_ text: Scalars, at sigma: Int) -> Bool {
        let isCased = { (scalar: Unicode.Scalar) in scalar.properties.isCased }
        let before = text[..<sigma].last { !$0.properties.isCaseIgnorable }
        let after = text[(sigma + 1)...].first { !$0.properties.isCaseIgnorable }
        return before.map(isCased) == true && after.map(isCased) != true
    }
}
