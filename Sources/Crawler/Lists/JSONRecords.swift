internal import Foundation

/// Reads JSON lines: an object a line (jsonlines.org). Its columns are the keys of the first object, and those that were
/// asked for; texts, numbers and truth values count, lists and objects are no texts.
final class JSONRecords: ListRecords {
    private var window: ListWindow
    private var object: [String: Any] = [:]
    private(set) var columns: [String] = []
    private var first: ListRecord?

    init(_ source: any ByteSource, asked: [String]) throws {
        window = ListWindow(source)
        first = try next()
        columns = object.keys.sorted()
        columns += Set(asked).subtracting(columns).sorted()
    }

    func next() throws -> ListRecord? {
        if let record = first {
            first = nil
            return record
        }
        while true {
            if let end = window.lineEnd() ?? (window.isAtEnd ? window.bytes.count : nil) {
                if window.isEmpty { return nil }
                let line = window.bytes[window.start..<end]
                window.start = min(end + 1, window.bytes.count)
                if line.allSatisfy({ $0 <= 0x20 }) { continue }
                return line.count > ListWindow.maxRowBytes ? .tooLong : read(line)
            }
            if window.isFull {
                try window.skipLine()
                return .tooLong
            }
            try window.refill()
        }
    }

    func text(_ column: Int) -> String? { Self.text(object[columns[column]]) }

    /// A value as a text; nil for nothing and for what is none.
    static func text(_ value: Any?) -> String? {
        switch value {
        case let text as String: text.isEmpty ? nil : text
        case let number as NSNumber: number.stringValue
        default: nil
        }
    }

    private func read(_ line: ArraySlice<UInt8>) -> ListRecord {
        let parsed = try? JSONSerialization.jsonObject(with: Data(line))
        object = parsed as? [String: Any] ?? [:]
        return parsed is [String: Any] ? .row : .broken
    }
}
