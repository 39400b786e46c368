internal import Foundation

/// One WARC record as it is written.
struct ArchiveRecordText {
    /// Its URI, without angle brackets.
    let id = "urn:uuid:" + UUID().uuidString.lowercased()
    let bytes: [UInt8]

    init(
        _ type: String, _ date: String, target: String?, fields: [(name: String, value: String)],
        block: [UInt8]
    ) {
        var header = "WARC/1.1\r\nWARC-Type: \(type)\r\nWARC-Record-ID: <\(id)>\r\nWARC-Date: \(date)\r\n"
        if let target { header += "WARC-Target-URI: \(target)\r\n" }
        for field in fields { header += "\(field.name): \(field.value)\r\n" }
        header += "Content-Length: \(block.count)\r\n\r\n"
        bytes = Array(header.utf8) + block + [0x0D, 0x0A, 0x0D, 0x0A]
    }
}
