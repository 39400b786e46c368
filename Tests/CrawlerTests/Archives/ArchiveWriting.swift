import Foundation

/// WARC records put together by hand.
struct ArchiveText {
    private(set) var records: [[UInt8]] = []

    mutating func add(
        _ type: String, _ target: String?, contentType: String, extra: String = "", block: [UInt8],
        version: String = "1.0"
    ) {
        var header = "WARC/\(version)\r\nWARC-Type: \(type)\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
        header += "WARC-Record-ID: <urn:uuid:\(UUID().uuidString)>\r\n"
        if let target { header += "WARC-Target-URI: \(target)\r\n" }
        header += extra + "Content-Type: \(contentType)\r\nContent-Length: \(block.count)\r\n\r\n"
        records.append(Array(header.utf8) + block + Array("\r\n\r\n".utf8))
    }

    /// An answer with a status of 200, unless the head says otherwise.
    mutating func answer(_ target: String, _ head: String, _ body: [UInt8]) {
        let start = head.hasPrefix("HTTP/") ? head : "HTTP/1.1 200 OK\r\nContent-Type: \(head)"
        add(
            "response", target, contentType: "application/http; msgtype=response",
            block: Array("\(start)\r\n\r\n".utf8) + body)
    }

    mutating func page(_ target: String, _ html: String) { answer(target, "text/html", Array(html.utf8)) }

    mutating func picture(_ target: String, _ bytes: Data) { answer(target, "image/png", [UInt8](bytes)) }

    var plain: [UInt8] { records.flatMap(\.self) }

    /// A gzip member a record.
    func gzip() throws -> [UInt8] { try records.flatMap(gzipMember) }
}

/// One gzip member, made by the gzip program.
func gzipMember(_ bytes: [UInt8]) throws -> [UInt8] { try filtered(bytes, "gzip", ["-c"]) }

/// One Zstandard frame, made by the zstd program.
func zstdFrame(_ bytes: [UInt8], _ options: [String] = []) throws -> [UInt8] {
    try filtered(bytes, "zstd", ["-c", "-q"] + options)
}

/// What a program makes of its standard input.
private func filtered(_ bytes: [UInt8], _ program: String, _ arguments: [String]) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/" + program)
    process.arguments = arguments
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    Thread.detachNewThread {
        try? input.fileHandleForWriting.write(contentsOf: bytes)
        try? input.fileHandleForWriting.close()
    }
    let out = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return [UInt8](out)
}
