internal import Foundation

/// Times in whole milliseconds since 1970, written as ISO 8601 in UTC.
enum Timestamp {
    static func text(_ milliseconds: Int64) -> String {
        let day = 86_400_000 as Int64
        let days = Int64((Double(milliseconds) / Double(day)).rounded(.down))
        let rest = Int(milliseconds - days * day)
        let (year, month, dayOfMonth) = civil(days)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        let (dash, colon) = (UInt8(ascii: "-"), UInt8(ascii: ":"))
        let parts = [
            (year, 4, dash), (month, 2, dash), (dayOfMonth, 2, UInt8(ascii: "T")),
            (rest / 3_600_000, 2, colon),
            (rest / 60_000 % 60, 2, colon), (rest / 1000 % 60, 2, UInt8(ascii: ".")),
            (rest % 1000, 3, UInt8(ascii: "Z")),
        ]
        for (value, digits, mark) in parts {
            append(value, digits: digits, to: &text)
            text.append(mark)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends a number with at least so many digits.
    private static func append(_ value: Int, digits: Int, to text: inout [UInt8]) {
        if value < 0 { return text.append(contentsOf: String(value).utf8) }
        if digits > 1 || value > 9 { append(value / 10, digits: digits - 1, to: &text) }
        text.append(UInt8(ascii: "0") + UInt8(value % 10))
    }

    static func date(_ milliseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    /// Reads what `text` writes; times of other forms are `nil`.
    static func milliseconds(_ text: String) -> Int64? {
        guard let date = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        else { return nil }
        let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
        return self.text(milliseconds) == text ? milliseconds : nil
    }

    /// Days since 1970 to a date of the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date
    /// algorithms"): years that start in March put the leap day last.
    private static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }
}
