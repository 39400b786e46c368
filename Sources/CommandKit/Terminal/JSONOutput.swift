import Foundation

/// JSON as scripts want it: one object a line, keys sorted, slashes plain, times as ISO 8601.
package enum JSONOutput {
    private static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }

    /// The value on one line.
    package static func line(_ value: some Encodable) throws -> String {
        String(decoding: try encoder().encode(value), as: UTF8.self)
    }

    /// Prints the value on one line of standard output.
    package static func print(_ value: some Encodable) throws {
        StandardOutput.write(try line(value) + "\n")
    }
}

/// Standard output, written in whole strings; a closed pipe ends the process quietly, as it does for other tools.
package enum StandardOutput {
    package static func write(_ text: String) {
        write(Array(text.utf8))
    }

    package static func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let written = Foundation.write(
                    STDOUT_FILENO, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                if written < 0 {
                    if errno == EINTR { continue }
                    if errno == EPIPE { exit(ExitStatus.success) }
                    ExitStatus.complain(
                        "cannot write to standard output: \(String(cString: strerror(errno)))")
                    exit(ExitStatus.failure)
                }
                offset += written
            }
        }
    }
}
