import Foundation

/// Numbers as people read them.
package enum Format {
    /// `1,234,567`.
    package static func count(_ value: some BinaryInteger) -> String {
        let digits = String(value.magnitude)
        var groups: [Substring] = []
        var rest = Substring(digits)
        while rest.count > 3 {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        groups.insert(rest, at: 0)
        return (value < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    /// `12.3 MB`: powers of 1000, as disks are sold.
    package static func bytes(_ value: Int64) -> String {
        var amount = Double(value)
        for unit in ["B", "kB", "MB", "GB", "TB"] {
            if amount < 1000 || unit == "TB" {
                return unit == "B" ? "\(value) B" : "\(decimal(amount, 1)) \(unit)"
            }
            amount /= 1000
        }
        return "\(value) B"
    }

    /// A number with a fixed count of decimals.
    package static func decimal(_ value: Double, _ places: Int) -> String {
        String(format: "%.\(places)f", value)
    }

    /// `1h 02m`, `3m 05s` or `12s`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "–" }
        let whole = Int(seconds.rounded())
        if whole >= 3600 { return String(format: "%dh %02dm", whole / 3600, whole % 3600 / 60) }
        if whole >= 60 { return String(format: "%dm %02ds", whole / 60, whole % 60) }
        return "\(whole)s"
    }

    /// A text on one line, its control characters made visible: what a web page says must not steer a terminal.
    package static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.properties.generalCategory == .control
                        ? (scalar == "\n" || scalar == "\t" ? " " : "\u{FFFD}") : scalar
                }))
    }

    /// A column of a table: cut or padded to `width` characters.
    package static func column(_ text: String, _ width: Int) -> String {
        text.count > width
            ? text.prefix(width - 1) + "…" : text.padding(toLength: width, withPad: " ", startingAt: 0)
    }
}
