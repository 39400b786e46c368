import Crawler
import Digest
import Fetch

/// Reads a web archive through: every record, the HTTP header of each answer, SHA-256 of each body. Prints the records,
/// the answers, the bytes of their bodies, and a digest over all digests, as read_archive.py does.
@main
enum ArchiveBenchmark {
    static func main() throws {
        var reader = try ArchiveReader(path: CommandLine.arguments[1])
        var (records, answers, size) = (0, 0, 0)
        var whole = SHA256Hasher()
        while let record = try reader.next() {
            records += 1
            try reader.withBlock(limit: .max) { bytes, _ in
                guard record.type == "response", let start = ArchivedResponse.head(of: bytes)?.bodyStart
                else { return }
                answers += 1
                size += bytes.count - start
                let digest = SHA256Digest(of: .init(rebasing: bytes[start...]))
                digest.bytes.withUnsafeBytes { whole.update($0) }
            }
        }
        print(records, answers, size, whole.finish().hex)
    }
}
