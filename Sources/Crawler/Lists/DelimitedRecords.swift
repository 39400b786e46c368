/// Reads CSV (RFC 4180, whose quoted fields may hold line breaks) or tab-separated values (IANA's
/// text/tab-separated-values, which knows no quotes). A list whose first record holds an address has no header.
final class DelimitedRecords: ListRecords {
    private var window: ListWindow
    private let separator: UInt8
    private let hasQuotes: Bool
    private var fields: [Field] = []
    private var nextStart = 0
    private(set) var columns: [String] = []
    /// The first record is a row, and was read already.
    private var isFirstWaiting = false

    private struct Field {
        var start: Int
        var end: Int
        /// It holds doubled quotes.
        var hasEscapes = false
    }

    init(_ source: any ByteSource, separator: UInt8, hasQuotes: Bool) throws {
        window = ListWindow(source)
        (self.separator, self.hasQuotes) = (separator, hasQuotes)
        while window.bytes.count < 3, !window.isAtEnd { try window.refill() }
        if window.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { nextStart = 3 }
        guard case .row? = try next() else { return }
        let first = fields.indices.map { text($0) ?? "" }
        isFirstWaiting = first.contains { $0.hasPrefix("http://") || $0.hasPrefix("https://") }
        columns = isFirstWaiting ? first.indices.map { String($0 + 1) } : first
    }

    func next() throws -> ListRecord? {
        if isFirstWaiting {
            isFirstWaiting = false
            return .row
        }
        window.start = nextStart
        while true {
            if window.isEmpty, window.isAtEnd { return nil }
            switch scan() {
            case .record(let end) where end - window.start > ListWindow.maxRowBytes:
                return try skip(.tooLong)
            case .record(let end):
                nextStart = end
                // A blank line is no record.
                if fields.count > 1 || fields[0].end > fields[0].start { return .row }
                window.start = end
            case .needsMore where window.isFull:
                return try skip(.tooLong)
            case .needsMore: try window.refill()
            case .broken: return try skip(.broken)
            }
        }
    }

    func text(_ column: Int) -> String? {
        guard column < fields.count else { return nil }
        let field = fields[column]
        guard field.end > field.start else { return nil }
        let text = String(decoding: window.bytes[field.start..<field.end], as: UTF8.self)
        return field.hasEscapes ? text.replacing("\"\"", with: "\"") : text
    }

    /// A quote that is never closed must not swallow the list: reading goes on at the next line.
    private func skip(_ record: ListRecord) throws -> ListRecord {
        try window.skipLine()
        nextStart = window.start
        fields.removeAll(keepingCapacity: true)
        return record
    }

    private enum Scan {
        case record(end: Int)
        case needsMore
        case broken
    }

    /// Cuts the record at the window's start into fields.
    private func scan() -> Scan {
        fields.removeAll(keepingCapacity: true)
        return window.bytes.withUnsafeBufferPointer { bytes in
            var place = window.start
            while true {
                let isQuoted = hasQuotes && place < bytes.count && bytes[place] == UInt8(ascii: "\"")
                guard let end = isQuoted ? takeQuoted(bytes, from: place) : takePlain(bytes, from: place)
                else {
                    return window.isAtEnd ? .broken : .needsMore
                }
                if end >= bytes.count { return .record(end: end) }
                place = end + 1
                if bytes[end] == UInt8(ascii: "\n") { return .record(end: place) }
            }
        }
    }

    /// Takes a field up to its separator or line end, which it gives; nil when that is not in memory.
    private func takePlain(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let end = fieldEnd(bytes, from: start) else { return nil }
        let isLast = end >= bytes.count || bytes[end] == UInt8(ascii: "\n")
        let hasReturn = isLast && end > start && bytes[end - 1] == UInt8(ascii: "\r")
        fields.append(Field(start: start, end: hasReturn ? end - 1 : end))
        return end
    }

    /// The same for a field in quotes; what stands between the closing quote and the separator is no part of it.
    private func takeQuoted(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var field = Field(start: start + 1, end: start + 1)
        while field.end < bytes.count {
            guard bytes[field.end] == UInt8(ascii: "\"") else {
                field.end += 1
                continue
            }
            if field.end + 1 >= bytes.count, !window.isAtEnd { return nil }
            guard field.end + 1 < bytes.count, bytes[field.end + 1] == UInt8(ascii: "\"") else {
                fields.append(field)
                return fieldEnd(bytes, from: field.end + 1)
            }
            field.hasEscapes = true
            field.end += 2
        }
        return nil
    }

    private func fieldEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var end = start
        while end < bytes.count, bytes[end] != separator, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        return end < bytes.count || window.isAtEnd ? end : nil
    }
}
