internal import CZlib
package import Fetch

/// Answers of servers as archives keep them.
package enum ArchivedResponse {
    /// The answer in a `response` record's block (RFC 9112): head, then a body that may still be in chunks or
    /// compressed. Nil for what is no HTTP, or cannot be decompressed within `maxBytes`.
    static func parse(
        _ block: UnsafeRawBufferPointer, url: String, isCut: Bool, maxBytes: Int
    ) -> FetchResponse? {
        guard let (head, start) = head(of: block) else { return nil }
        var body = Array(block[start...])
        if head.headers["transfer-encoding"]?.lowercased().contains("chunked") ?? false {
            // Many writers take the chunks away and leave the field.
            body = dechunked(body) ?? body
        }
        guard let plain = decoded(body, head.headers["content-encoding"], isCut: isCut, maxBytes: maxBytes)
        else {
            return nil
        }
        let location = (300..<400).contains(head.status) ? head.headers["location"] : nil
        let target = location.flatMap { WebURL($0, relativeTo: WebURL(url)) }
        return FetchResponse(
            url: url, status: head.status, headers: head.headers, body: plain, isBodyTruncated: isCut,
            redirectTarget: target?.href)
    }

    /// The head of an answer, and where its body begins.
    package static func head(of block: UnsafeRawBufferPointer) -> (head: HTTPHead, bodyStart: Int)? {
        var head = HTTPHead()
        var start = 0
        while start < block.count, !head.isComplete {
            let end = block.lineEnd(from: start).map { $0 + 1 } ?? block.count
            head.add(line: .init(rebasing: block[start..<end]))
            start = end
        }
        // A head without its empty line has no body.
        return head.status >= 200 ? (head, start) : nil
    }

    /// A body out of its chunks (RFC 9112, 7.1); nil for what is not in chunks. One that breaks off counts up to there.
    static func dechunked(_ body: [UInt8]) -> [UInt8]? {
        var out: [UInt8] = []
        var place = 0
        while place < body.count {
            let digits = body[place...].prefix(16).prefix { $0 != 0x0D && $0 != 0x0A && $0 != 0x3B }
            guard let size = Int(String(decoding: digits, as: UTF8.self).trimmed, radix: 16), size >= 0,
                let lineEnd = body[place...].prefix(4_096).firstIndex(of: 0x0A)
            else { return out.isEmpty ? nil : out }
            if size == 0 { return out }
            let end = min(body.count, lineEnd + 1 + size)
            out += body[(lineEnd + 1)..<end]
            place = end
            while place < body.count, body[place] == 0x0D || body[place] == 0x0A { place += 1 }
        }
        return out
    }

    private static func decoded(
        _ body: [UInt8], _ encoding: String?, isCut: Bool, maxBytes: Int
    ) -> [UInt8]? {
        switch encoding?.lowercased().trimmed {
        case nil, "", "identity": return body
        case "gzip", "x-gzip":
            // Many writers decompress and leave the field.
            guard GzipBytes.begins(body) else { return body }
            return inflated(body, windowBits: 31, isCut: isCut, maxBytes: maxBytes)
        case "deflate":
            return inflated(body, windowBits: 15, isCut: isCut, maxBytes: maxBytes)
                ?? inflated(body, windowBits: -15, isCut: isCut, maxBytes: maxBytes)
        default: return nil
        }
    }

    private static func inflated(_ body: [UInt8], windowBits: Int32, isCut: Bool, maxBytes: Int) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var input = body
        var out: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        return input.withUnsafeMutableBufferPointer { input -> [UInt8]? in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(clamping: input.count)
            while true {
                let status = piece.withUnsafeMutableBufferPointer { piece in
                    stream.next_out = piece.baseAddress
                    stream.avail_out = UInt32(piece.count)
                    return inflate(&stream, Z_NO_FLUSH)
                }
                out += piece[..<(piece.count - Int(stream.avail_out))]
                if out.count > maxBytes { return nil }
                if status == Z_STREAM_END { return out }
                if status != Z_OK { return isCut && !out.isEmpty ? out : nil }
            }
        }
    }
}
