internal import Digest
import Foundation

/// A folder of fetched archives within a number of bytes, and of their listings. One process fills it at a time; those
/// that read find a file or do not.
///
/// A file's name is a digest of URL and version, so that a new version is another file. `NAME.part` grows by whole
/// pieces: a later run goes on behind them.
struct ShardCache {
    private let folder: String
    private let maxBytes: Int64
    private let pieceBytes: Int64
    private let client: RemoteClient
    private let lock: ShardFile

    /// Pieces that are asked for at once.
    private static let pieces: Int64 = 4

    init(_ access: RemoteAccess, _ client: RemoteClient) async throws {
        (folder, maxBytes, pieceBytes) = (access.cacheFolder, access.maxCacheBytes, access.pieceBytes)
        self.client = client
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let descriptor = open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw LoaderError(
                .cannotWrite, "\(folder) cannot be written: \(String(cString: strerror(errno)))")
        }
        lock = ShardFile(descriptor: descriptor)
        // The lock goes with its process, however that ends.
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 { try await Task.sleep(for: .milliseconds(50)) }
    }

    /// Where an archive is kept.
    func path(_ url: String, _ version: RemoteClient.Version) -> String {
        let name = SHA256Digest(ofUTF8: "\(url)\n\(version.size)\n\(version.tag)").hex
        return "\(folder)/\(name.prefix(40)).tar"
    }

    /// The members of an archive, which is fetched unless they are known.
    func listing(of url: String, _ version: RemoteClient.Version) async throws -> ArchiveListing {
        let path = path(url, version)
        let listed = path + ".members"
        if let data = FileManager.default.contents(atPath: listed),
            let listing = ArchiveListing(text: String(decoding: data, as: UTF8.self)[...])
        {
            // Used now, so among the last to go.
            utimes(path, nil)
            return listing
        }
        try await fetch(url, version, to: path + ".part")
        let listing = try ArchiveListing(path: path + ".part", named: url)
        try Data(listing.text.utf8).write(to: URL(fileURLWithPath: listed), options: .atomic)
        guard rename(path + ".part", path) == 0 else { throw Self.failure(path) }
        return listing
    }

    private func fetch(_ url: String, _ version: RemoteClient.Version, to part: String) async throws {
        guard version.size <= maxBytes else {
            throw LoaderError(
                .badConfiguration,
                "\(url) holds \(version.size) bytes, the cache \(maxBytes): allow a larger cache")
        }
        let descriptor = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(part) }
        let file = ShardFile(descriptor: descriptor)
        var done = min(Int64(lseek(descriptor, 0, SEEK_END)), version.size)
        try makeRoom(for: version.size, besides: part)
        while done < version.size {
            for bytes in try await window(url, version, from: done) {
                guard write(bytes, to: descriptor, at: done) else { throw Self.failure(part) }
                done += Int64(bytes.count)
            }
        }
        withExtendedLifetime(file) {}
    }

    /// The next pieces, in order.
    private func window(
        _ url: String, _ version: RemoteClient.Version, from start: Int64
    ) async throws -> [[UInt8]] {
        let end = min(version.size, start + Self.pieces * pieceBytes)
        let starts = Array(stride(from: start, to: end, by: Int64.Stride(pieceBytes)))
        return try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            for (number, start) in starts.enumerated() {
                let range = start..<min(end, start + pieceBytes)
                group.addTask { (number, try await client.bytes(url, range, of: version)) }
            }
            return try await group.reduce(into: starts.map { _ in [] }) { $0[$1.0] = $1.1 }
        }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32, at offset: Int64) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                done += count
            }
            return true
        }
    }

    /// Deletes the longest unused archives, and parts of others, until a new one fits.
    private func makeRoom(for size: Int64, besides part: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        var kept = names.filter { $0.hasSuffix(".tar") || $0.hasSuffix(".tar.part") }
            .map { folder + "/" + $0 }.filter { $0 != part }
            .map { path -> (path: String, bytes: Int64, used: Int) in
                var status = stat()
                return stat(path, &status) == 0
                    ? (path, Int64(status.st_size), status.st_mtim.tv_sec) : (path, 0, 0)
            }
        kept.sort { ($0.used, $0.path) < ($1.used, $1.path) }
        var total = kept.reduce(size) { $0 + $1.bytes }
        for archive in kept where total > maxBytes {
            unlink(archive.path)
            total -= archive.bytes
        }
    }

    private static func failure(_ path: String) -> LoaderError {
        LoaderError(.cannotWrite, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
