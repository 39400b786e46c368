internal import CZlib
internal import Foundation

/// A file read through zlib: gzip is inflated, anything else passes as it is (RFC 1952).
struct GzipFile: ~Copyable {
    private let file: gzFile
    private let path: String

    init(_ path: String) throws {
        guard let file = gzopen(path, "rb") else {
            let reason = String(cString: strerror(errno))
            throw QueryBankError(.cannotRead, "\(path): cannot be read (\(reason)); check the path")
        }
        self.file = file
        self.path = path
        gzbuffer(file, 1 << 17)
    }

    deinit { gzclose_r(file) }

    /// Reads up to `buffer.count` bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = gzread(file, buffer.baseAddress, UInt32(buffer.count))
        var code: Int32 = Z_OK
        let message = gzerror(file, &code).map { String(cString: $0) } ?? "unknown"
        // A stream cut short gives its bytes first and Z_BUF_ERROR only here.
        guard count >= 0, code == Z_OK || code == Z_STREAM_END else {
            let reason = code == Z_ERRNO ? String(cString: strerror(errno)) : message
            throw QueryBankError(
                .badFormat, "\(path): cannot be read to its end (\(reason)); fetch or build it again")
        }
        return Int(count)
    }

    /// The whole content, refused beyond `limit` bytes.
    consuming func readAll(limit: Int) throws -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try read(into: $0) }
            if count == 0 { return content }
            guard content.count + count <= limit else {
                throw QueryBankError(
                    .tooLarge, "\(path): more than \(limit >> 20) MiB uncompressed; a query list is smaller")
            }
            content.append(contentsOf: chunk[..<count])
        }
    }
}
