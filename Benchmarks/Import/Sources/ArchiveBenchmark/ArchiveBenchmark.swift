import Crawler
import Digest
import Fetch
import Foundation

/// Reads a web archive through: every record whole, and the HTTP header of each answer. Prints the records, the answers
/// and the bytes of their bodies, as read_archive.py does; with `digest` also a digest over the SHA-256 of each body.
@main
enum ArchiveBenchmark {
    static func main() throws {
        guard CommandLine.arguments.count == 3, ["read", "digest"].contains(CommandLine.arguments[1]) else {
            FileHandle.standardError.write(Data("usage: ArchiveBenchmark read|digest FILE\n".utf8))
            exit(64)
        }
        let takesDigests = CommandLine.arguments[1] == "digest"
        var reader = try ArchiveReader(path: CommandLine.arguments[2])
        var (records, answers, size) = (0, 0, 0)
        var whole = SHA256Hasher()
        while let record = try reader.next() {
            records += 1
            try reader.withBlock(limit: .max) { bytes, _ in
                guard record.type == "response", let start = ArchivedResponse.head(of: bytes)?.bodyStart
                else { return }
                answers += 1
                size += bytes.count - start
                guard takesDigests else { return }
                let digest = SHA256Digest(of: .init(rebasing: bytes[start...]))
                digest.bytes.withUnsafeBytes { whole.update($0) }
            }
        }
        let facts = "\(records) \(answers) \(size)"
        print(takesDigests ? "\(facts) \(whole.finish().hex)" : facts)
    }
}
