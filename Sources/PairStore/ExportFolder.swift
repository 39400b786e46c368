internal import Foundation

/// The folder that an export writes: whole shards, and `export.json`, which says how far it has come.
final class ExportFolder {
    private struct State: Codable {
        var export: String
        var report: ExportReport
    }

    /// As of the pairs added so far.
    private(set) var report: ExportReport

    private let folder: String
    private let export: String
    private let maxBytes: Int64
    private let files = PosixFiles()
    private var shard: (file: any StoreFile, length: Int64)?
    private var pending = TarWriter()

    private static let pieceBytes = 4 << 20
    private var state: String { folder + "/export.json" }

    init(_ folder: String, of export: String, _ maxBytes: Int64) throws {
        (self.folder, self.export, self.maxBytes) = (folder, export, maxBytes)
        try files.makeFolder(folder)
        report = ExportReport()
        guard let data = FileManager.default.contents(atPath: state) else {
            guard try files.list(folder).allSatisfy({ $0.hasSuffix(".part") }) else {
                throw StoreError(
                    .badArgument, folder, "is not empty and holds no export; name a new folder")
            }
            try save()
            return
        }
        guard let found = try? JSONDecoder().decode(State.self, from: data), found.export == export else {
            throw StoreError(
                .badArgument, folder, "holds another export (other store or options); name a new folder")
        }
        report = found.report
    }

    func add(_ record: PairRecord, _ picture: StoreExporter.Picture, _ queries: [String]) throws {
        if shard == nil {
            let part = path(sealed: false)
            if try files.size(of: part) != nil { try files.remove(part) }
            shard = (try files.open(part, create: true), 0)
        }
        pending.add(record.key + "." + picture.format, picture.bytes)
        pending.add(record.key + ".txt", record.text.utf8)
        pending.add(record.key + ".json", SampleJSON.encode(.init(record, picture, queries: queries)))
        report.pairs += 1
        report.bytes += Int64(picture.bytes.count)
        if pending.bytes.count >= Self.pieceBytes { try flush() }
    }

    func skip() { report.skipped += 1 }

    /// Every pair up to a number is dealt with; a shard that is full ends here.
    func pass(_ last: Int64) throws {
        report.last = last
        if let shard, shard.length + Int64(pending.bytes.count) >= maxBytes { try seal() }
    }

    func finish() throws {
        report.isComplete = true
        try seal()
    }

    private func flush() throws {
        guard var current = shard else { return }
        let count = pending.bytes.count
        try pending.drain { try current.file.write($0, at: current.length) }
        current.length += Int64(count)
        shard = current
    }

    private func seal() throws {
        if shard != nil {
            pending.end()
            try flush()
            try shard?.file.sync()
            try files.rename(path(sealed: false), to: path(sealed: true))
            try files.syncFolder(folder)
            report.shards += 1
            shard = nil
        }
        try save()
    }

    private func path(sealed: Bool) -> String {
        folder + "/" + StorePaths.shardName(Int64(report.shards), sealed: sealed)
    }

    private func save() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let data = try encoder.encode(State(export: export, report: report))
        let new = state + ".part"
        if try files.size(of: new) != nil { try files.remove(new) }
        let file = try files.open(new, create: true)
        try data.withUnsafeBytes { try file.write($0, at: 0) }
        try file.sync()
        try files.rename(new, to: state)
        try files.syncFolder(folder)
    }
}
