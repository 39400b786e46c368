import Foundation
import TestSupport

/// What the disk holds after the power fails: a replay of recorded operations in which whatever was not synced may
/// be there, missing, or torn, file by file and write by write.
struct PowerLoss {
    private struct Inode {
        var durable: [UInt8] = []
        var pending: [DiskOperation] = []
    }

    private enum EntryChange {
        case link(String, Int)
        case rename(String, String)
        case unlink(String)

        func isIn(_ folder: String) -> Bool {
            switch self {
            case .link(let path, _), .unlink(let path), .rename(let path, _):
                (path as NSString).deletingLastPathComponent == folder
            }
        }
    }

    private var inodes: [Inode] = []
    /// Names as a running program sees them, and as they are on the disk.
    private var names: [String: Int] = [:]
    private var durableNames: [String: Int] = [:]
    private var pendingNames: [EntryChange] = []
    /// Commits that were acknowledged before the power failed.
    private(set) var acknowledged = 0

    init(_ operations: some Sequence<DiskOperation>) { apply(operations) }

    /// A disk that durably holds a folder's files, as if they lay below `root`.
    init(holding folder: String, as root: String) throws {
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
            if isFolder.boolValue { continue }
            names[root + "/" + name] = inodes.count
            inodes.append(
                Inode(durable: [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))))
        }
        durableNames = names
    }

    mutating func apply(_ operations: some Sequence<DiskOperation>) {
        for operation in operations { apply(operation) }
    }

    private mutating func apply(_ operation: DiskOperation) {
        switch operation {
        case .create(let path):
            names[path] = inodes.count
            pendingNames.append(.link(path, inodes.count))
            inodes.append(Inode())
        case .write(let path, _, _), .truncate(let path, _):
            if let inode = names[path] { inodes[inode].pending.append(operation) }
        case .sync(let path): sync(path)
        case .rename(let source, let target):
            names[target] = names.removeValue(forKey: source)
            pendingNames.append(.rename(source, target))
        case .remove(let path):
            names[path] = nil
            pendingNames.append(.unlink(path))
        case .syncFolder(let folder): syncFolder(folder)
        case .acknowledged(let count): acknowledged = count
        case .read, .startWriting: break
        }
    }

    private mutating func sync(_ path: String) {
        guard let inode = names[path] else { return }
        for operation in inodes[inode].pending { Self.write(operation, to: &inodes[inode].durable) }
        inodes[inode].pending = []
        // SQLite's layer syncs the folder with the first sync of a new log or journal.
        if path.hasSuffix("-wal") || path.hasSuffix("-journal") {
            syncFolder((path as NSString).deletingLastPathComponent)
        }
    }

    private mutating func syncFolder(_ folder: String) {
        let due = pendingNames.filter { $0.isIn(folder) }
        pendingNames.removeAll { $0.isIn(folder) }
        for change in due { Self.apply(change, to: &durableNames) }
    }

    private static func apply(_ change: EntryChange, to names: inout [String: Int]) {
        switch change {
        case .link(let path, let inode): names[path] = inode
        case .rename(let source, let target): names[target] = names.removeValue(forKey: source)
        case .unlink(let path): names[path] = nil
        }
    }

    private static func write(_ operation: DiskOperation, to content: inout [UInt8]) {
        switch operation {
        case .write(_, let offset, let bytes):
            let end = Int(offset) + bytes.count
            if content.count < end { content += [UInt8](repeating: 0, count: end - content.count) }
            content.replaceSubrange(Int(offset)..<end, with: bytes)
        case .truncate(_, let length):
            let length = Int(length)
            if length < content.count {
                content.removeLast(content.count - length)
            } else {
                content += [UInt8](repeating: 0, count: length - content.count)
            }
        default: break
        }
    }

    /// Writes one of the possible states into another folder.
    func materialise(from root: String, to target: String, using generator: inout SeededGenerator) throws {
        var entries = durableNames
        for change in pendingNames.prefix(Int.random(in: 0...pendingNames.count, using: &generator)) {
            Self.apply(change, to: &entries)
        }
        for (path, inode) in entries.sorted(by: { $0.key < $1.key }) {
            let copy = target + path.dropFirst(root.count)
            try FileManager.default.createDirectory(
                atPath: (copy as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data(content(of: inodes[inode], &generator)).write(to: URL(fileURLWithPath: copy))
        }
    }

    private func content(of inode: Inode, _ generator: inout SeededGenerator) -> [UInt8] {
        var content = inode.durable
        let fate = Int.random(in: 0..<4, using: &generator)
        for operation in inode.pending {
            switch fate {
            case 0: return content
            case 1: Self.write(operation, to: &content)
            default:
                if Bool.random(using: &generator) {
                    Self.write(torn(operation, &generator), to: &content)
                }
            }
        }
        return content
    }

    /// A write of which some 512-byte sectors arrived.
    private func torn(_ operation: DiskOperation, _ generator: inout SeededGenerator) -> DiskOperation {
        guard case .write(let path, let offset, let bytes) = operation, Bool.random(using: &generator) else {
            return operation
        }
        let sectors = Int.random(in: 0...bytes.count / 512, using: &generator)
        return .write(path, offset: offset, bytes: Array(bytes.prefix(sectors * 512)))
    }
}
