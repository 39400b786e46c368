/// The status line and fields of the final answer, put together from header lines. 1xx answers are passed over;
/// lines after the header's end (trailers) must not be given to it.
package struct HTTPHead {
    package private(set) var status = 0
    package private(set) var headers = HTTPHeaders()
    package private(set) var isComplete = false

    package init() {}

    var isSuccess: Bool { (200..<300).contains(status) }

    /// Takes in one line, line end included.
    package mutating func add(line: UnsafeRawBufferPointer) {
        let text = line.prefix { $0 != 13 && $0 != 10 }
        if text.isEmpty {
            isComplete = status >= 200
        } else if headers.fields.isEmpty || status < 200, let code = HTTPHead.status(of: text) {
            status = code
            headers = HTTPHeaders()
        } else {
            headers.add(line: text)
        }
    }

    /// The code of a line like `HTTP/1.1 200 OK`; `nil` when it is none.
    private static func status(of line: some Collection<UInt8>) -> Int? {
        guard line.starts(with: "HTTP/".utf8) else { return nil }
        let digits = line.drop { $0 != 32 }.drop { $0 == 32 }.prefix { (48...57).contains($0) }
        return digits.count == 3 ? digits.reduce(0) { $0 * 10 + Int($1 - 48) } : nil
    }
}
