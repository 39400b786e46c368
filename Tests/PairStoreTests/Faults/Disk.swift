import CFaultVFS
import Foundation
import PairStore
import Synchronization

/// One change to the files of a store, as its file layer or SQLite is about to make it.
enum DiskOperation: Sendable {
    case create(String)
    case write(String, offset: Int64, bytes: [UInt8])
    case truncate(String, length: Int64)
    case sync(String)
    case rename(String, to: String)
    case remove(String)
    case syncFolder(String)
    case read(String)
    /// The disk is asked to begin with what was written.
    case startWriting(String)
    /// The caller was told that its commit number `count` is durable.
    case acknowledged(count: Int)

    /// What is done to which kind of file, for example "remove catalogue.sqlite-wal".
    var kind: String {
        func name(_ path: String) -> String {
            let name = (path as NSString).lastPathComponent
            return name.hasPrefix("0") ? "shard" : name
        }
        return switch self {
        case .create(let path): "create " + name(path)
        case .write(let path, _, _): "write " + name(path)
        case .truncate(let path, let length): "truncate \(name(path))\(length == 0 ? " to nothing" : "")"
        case .sync(let path): "sync " + name(path)
        case .rename(let path, _): "rename " + name(path)
        case .remove(let path): "remove " + name(path)
        case .syncFolder(let path): "sync folder " + name(path)
        case .read(let path): "read " + name(path)
        case .startWriting(let path): "start writing " + name(path)
        case .acknowledged: "acknowledge"
        }
    }

    /// Whether it changes what a crash leaves.
    var isChange: Bool {
        switch self {
        case .read, .startWriting, .acknowledged: false
        default: true
        }
    }
}

/// Sees every operation below one folder, from the store's file layer and from SQLite alike, and may fail it.
final class Disk: Sendable {
    /// Gives the system error number that the operation fails with, or 0.
    typealias Handler = @Sendable (DiskOperation) -> Int32

    private let root: String
    private let handler: Handler

    private static let disks = Mutex<[String: Disk]>([:])

    /// Watches `root` until the disk goes.
    init(root: String, _ handler: @escaping Handler) {
        self.root = root
        self.handler = handler
        Self.install()
        Self.disks.withLock { $0[root] = self }
    }

    /// Ends the watch.
    func stop() { Self.disks.withLock { _ = $0.removeValue(forKey: root) } }

    /// The store's file layer on this disk.
    var files: some FileLayer { WatchedFiles(disk: self) }

    func ask(_ operation: DiskOperation) throws {
        let number = handler(operation)
        if number != 0 {
            throw StoreError(
                .inputOutput, root, "injected: \(String(cString: strerror(number)))", errorNumber: number)
        }
    }

    /// SQLite's default file layer becomes the watching one, for databases below watched folders.
    static func install() {
        let code = cfaultvfs_install { operation, path, bytes, count, offset in
            guard let path else { return 0 }
            return Disk.sqliteAsks(operation, String(cString: path), bytes, Int(count), offset)
        }
        precondition(code == 0, "SQLite takes no file layer")
    }

    private static func sqliteAsks(
        _ operation: cfaultvfs_operation, _ path: String, _ bytes: UnsafeRawPointer?, _ count: Int,
        _ offset: Int64
    ) -> Int32 {
        guard let disk = disks.withLock({ disks in disks.first { path.hasPrefix($0.key + "/") }?.value })
        else {
            return 0
        }
        let (seen, failure): (DiskOperation?, Int32) =
            switch operation {
            case cfaultvfs_open:
                (count == 1 && access(path, F_OK) != 0 ? .create(path) : nil, SQLite.cannotOpen)
            case cfaultvfs_write:
                (
                    .write(
                        path, offset: offset, bytes: Array(UnsafeRawBufferPointer(start: bytes, count: count))
                    ),
                    SQLite.writeFailed
                )
            case cfaultvfs_truncate: (.truncate(path, length: offset), SQLite.truncateFailed)
            case cfaultvfs_sync: (.sync(path), SQLite.syncFailed)
            case cfaultvfs_delete: (.remove(path), SQLite.deleteFailed)
            default: (.read(path), SQLite.readFailed)
            }
        guard let seen else { return 0 }
        let number = disk.handler(seen)
        if number == 0 { return 0 }
        return number == ENOSPC && operation == cfaultvfs_write ? SQLite.full : failure
    }
}

/// SQLite's result codes (sqlite.org/rescode.html).
private enum SQLite {
    static let full: Int32 = 13
    static let cannotOpen: Int32 = 14
    static let readFailed: Int32 = 10 | 1 << 8
    static let writeFailed: Int32 = 10 | 3 << 8
    static let syncFailed: Int32 = 10 | 4 << 8
    static let truncateFailed: Int32 = 10 | 6 << 8
    static let deleteFailed: Int32 = 10 | 10 << 8
}

private struct WatchedFiles: FileLayer {
    let disk: Disk
    private let real = PosixFiles()

    init(disk: Disk) { self.disk = disk }

    func open(_ path: String, create: Bool) throws -> any StoreFile {
        if try create && real.size(of: path) == nil { try disk.ask(.create(path)) }
        return WatchedFile(disk: disk, path: path, real: try real.open(path, create: create))
    }

    func size(of path: String) throws -> Int64? { try real.size(of: path) }

    func rename(_ source: String, to target: String) throws {
        try disk.ask(.rename(source, to: target))
        try real.rename(source, to: target)
    }

    func remove(_ path: String) throws {
        try disk.ask(.remove(path))
        try real.remove(path)
    }

    func makeFolder(_ path: String) throws { try real.makeFolder(path) }
    func list(_ path: String) throws -> [String] { try real.list(path) }

    func syncFolder(_ path: String) throws {
        try disk.ask(.syncFolder(path))
        try real.syncFolder(path)
    }
}

private final class WatchedFile: StoreFile {
    private let disk: Disk
    private let path: String
    private let real: any StoreFile

    init(disk: Disk, path: String, real: any StoreFile) {
        (self.disk, self.path, self.real) = (disk, path, real)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        try disk.ask(.write(path, offset: offset, bytes: Array(bytes)))
        try real.write(bytes, at: offset)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        try real.read(into: buffer, at: offset)
    }

    func startWriting(at offset: Int64, count: Int64) throws {
        try disk.ask(.startWriting(path))
        try real.startWriting(at: offset, count: count)
    }

    func sync() throws {
        try disk.ask(.sync(path))
        try real.sync()
    }

    func truncate(to length: Int64) throws {
        try disk.ask(.truncate(path, length: length))
        try real.truncate(to: length)
    }

    func size() throws -> Int64 { try real.size() }
}
