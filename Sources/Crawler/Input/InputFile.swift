internal import Digest
internal import Foundation

/// A file that an import reads, or standard input.
enum InputFile {
    /// So many of its first bytes, with its size, tell a file.
    private static let identityBytes = 1 << 20

    /// Opens a file and unpacks it if it is gzip or Zstandard, told by its first bytes; `-` is standard input.
    ///
    /// - Parameter keepsMembers: damage is expected, and what lies behind it matters.
    static func open(_ path: String, keepsMembers: Bool = false) throws -> any ByteSource {
        let peeked = try PeekedBytes(FileBytes(path: path), count: 4)
        if GzipBytes.begins(peeked.prefix) {
            return try GzipBytes(peeked, name: path, keepsMembers: keepsMembers)
        }
        if ZstdBytes.begins(peeked.prefix) {
            return try ZstdBytes(peeked, name: path, keepsMembers: keepsMembers)
        }
        return peeked
    }

    /// What a file is known by in later runs, wherever it lies then: its size and first MiB, and how it is read. Nil for
    /// what can be read only once.
    ///
    /// - Parameter manner: everything that makes the same bytes other candidates, such as the columns.
    static func identity(_ path: String, manner: String) throws -> String? {
        guard let status = status(path), status.st_mode & S_IFMT == S_IFREG else { return nil }
        let head = try PeekedBytes(FileBytes(path: path), count: identityBytes)
        var hasher = SHA256Hasher()
        hasher.update(utf8: "\(manner)\n\(status.st_size)\n")
        head.prefix.withUnsafeBytes { hasher.update($0) }
        return hasher.finish().hex
    }

    /// Whether it can be read a second time: a file can, standard input and pipes cannot.
    static func isRepeatable(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFREG } ?? false
    }

    /// Whether there is nothing of this name any more.
    static func isGone(_ path: String) -> Bool { path != "-" && status(path) == nil }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return path != "-" && stat(path, &status) == 0 ? status : nil
    }

    /// Says what is wrong with a name, before anything is begun.
    static func check(_ path: String) throws(CrawlerError) {
        guard path != "-" else { return }
        _ = try FileBytes(path: path)
        if let status = status(path), status.st_mode & S_IFMT == S_IFDIR {
            throw CrawlerError(.input, path, "is a folder; name the files in it")
        }
    }
}
