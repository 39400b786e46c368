internal import Foundation

/// The folder that a crawl's WARC files lie in.
struct ArchiveFolder {
    private let path: String
    private let run = String(UUID().uuidString.prefix(8)).lowercased()
    private static let unfinished = ".part"

    /// Makes the folder, and ends the files of runs that were killed.
    init(_ path: String) throws(CrawlerError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            where name.hasSuffix(".warc.gz" + Self.unfinished) {
                try File(leftAt: path + "/" + name)?.finish()
            }
        } catch let error as CrawlerError {
            throw error
        } catch {
            throw CrawlerError(
                .archive, path, "cannot be made or read: \(error.localizedDescription)".oneLine)
        }
    }

    /// Begins a file, whose name says when.
    func newFile() throws(CrawlerError) -> File {
        let time = ArchiveDate.text(Date()).filter(\.isNumber).prefix(17)
        return try File(at: "\(path)/wit-\(time)-\(run).warc.gz")
    }

    /// A file that is being written.
    final class File {
        /// The name that it will have.
        let name: String
        private(set) var bytes = 0
        private let path: String
        private let descriptor: Int32

        /// Begins a file.
        fileprivate init(at path: String) throws(CrawlerError) {
            self.path = path
            name = path.split(separator: "/").last.map(String.init) ?? path
            descriptor = open(path + unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw File.failure("cannot be made", path)
            }
        }

        /// Takes over what a killed run left, cut behind its last whole record; nil while a run holds it.
        fileprivate init?(leftAt partPath: String) throws {
            path = String(partPath.dropLast(unfinished.count))
            name = path.split(separator: "/").last.map(String.init) ?? path
            descriptor = open(partPath, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw File.failure("cannot be opened", partPath) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
            bytes = try File.wholeBytes(partPath)
            guard ftruncate(descriptor, off_t(bytes)) == 0 else {
                throw File.failure("cannot be cut", partPath)
            }
        }

        deinit { close(descriptor) }

        func write(_ record: [UInt8]) throws(CrawlerError) {
            var done = 0
            while done < record.count {
                let count = record.withUnsafeBytes {
                    Foundation.write(descriptor, $0.baseAddress?.advanced(by: done), record.count - done)
                }
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw File.failure("cannot be written", path) }
                done += count
            }
            bytes += record.count
        }

        /// Syncs the file and gives it its name; an empty one goes.
        func finish() throws(CrawlerError) {
            let part = path + unfinished
            let isDone = bytes == 0 ? unlink(part) == 0 : fsync(descriptor) == 0 && rename(part, path) == 0
            guard isDone else { throw File.failure("cannot be ended", path) }
        }

        /// Where the last whole gzip member ends.
        private static func wholeBytes(_ path: String) throws -> Int {
            let gzip = try GzipBytes(FileBytes(path: path), name: path)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
            defer { buffer.deallocate() }
            do {
                while try gzip.read(into: buffer) > 0 {}
            } catch let error as CrawlerError where error.code == .input {}
            return gzip.memberEndOffset
        }

        private static func failure(_ what: String, _ path: String) -> CrawlerError {
            CrawlerError(
                .archive, path, "\(what) (\(String(cString: strerror(errno)))); check the folder and the disk"
            )
        }
    }
}
