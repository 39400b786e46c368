internal import Digest
internal import Foundation
internal import QueryBank

/// `removals.log`: what was removed, as hashes, one JSON object a line; it outlives a lost catalogue.
struct RemovalLog {
    /// What stays of a pair that was live: a slot that its group goes on to fill.
    struct Ghost: Hashable {
        var key: [UInt8]
        var group: [UInt8]
        var sha256: [UInt8]
        var u: UInt64
        var claims: [QueryID]
    }

    private let paths: StorePaths
    private let files: any FileLayer

    init(_ paths: StorePaths, _ files: any FileLayer) { (self.paths, self.files) = (paths, files) }

    /// Appends durably. A line that a crash cut short was never acknowledged; it is closed first.
    func append(_ removals: some Collection<Removal>, _ ghosts: [Ghost], at milliseconds: Int64) throws {
        let isNew = try files.size(of: paths.removals) == nil
        let file = try files.open(paths.removals, create: true)
        let end = try file.size()
        var lines: [UInt8] = []
        if end > 0, try file.bytes(at: end - 1, count: 1, name: paths.removals) != [UInt8(ascii: "\n")] {
            lines.append(UInt8(ascii: "\n"))
        }
        let time = Timestamp.text(milliseconds)
        for removal in removals {
            lines += Self.line { object in
                object.add("at", time)
                object.add("hash", Hex.encode(removal.hash))
                object.add("kind", removal.kind.rawValue)
            }
        }
        for ghost in ghosts {
            lines += Self.line { object in
                object.add("at", time)
                object.add("claims", ghost.claims)
                object.add("group", Hex.encode(ghost.group))
                object.add("key", Hex.encode(ghost.key))
                object.add("kind", "ghost")
                object.add("priority", Hex.word(ghost.u))
                object.add("sha256", Hex.encode(ghost.sha256))
            }
        }
        try lines.withUnsafeBytes { try file.write($0, at: end) }
        try file.sync()
        if isNew { try files.syncFolder(paths.root) }
    }

    private static func line(_ fill: (inout JSONText) -> Void) -> [UInt8] {
        var object = JSONText()
        fill(&object)
        return object.finish() + [UInt8(ascii: "\n")]
    }

    private struct Line: Decodable {
        var kind: String
        var hash: String?
        var key: String?
        var group: String?
        var sha256: String?
        var priority: String?
        var claims: [QueryID]?
    }

    /// Everything that was logged; a line cut short by a crash is passed over.
    func read() throws -> (removals: Set<Removal>, ghosts: [Ghost]) {
        guard try files.size(of: paths.removals) != nil else { return ([], []) }
        let data = try Data(contentsOf: URL(fileURLWithPath: paths.removals))
        var removals: Set<Removal> = []
        var ghosts: [Ghost] = []
        for text in data.split(separator: UInt8(ascii: "\n")) {
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(text)) else { continue }
            if let kind = Removal.Kind(rawValue: line.kind), let hash = line.hash.flatMap({ Hex.decode($0) })
            {
                removals.insert(Removal(kind, hash: hash))
            } else if let ghost = Self.ghost(line) {
                ghosts.append(ghost)
            }
        }
        return (removals, ghosts)
    }

    private static func ghost(_ line: Line) -> Ghost? {
        guard line.kind == "ghost", let key = line.key.flatMap({ Hex.decode($0) }),
            let group = line.group.flatMap({ Hex.decode($0) }), let u = line.priority.flatMap(Hex.word),
            let sha256 = line.sha256.flatMap({ Hex.decode($0) }), let claims = line.claims
        else { return nil }
        return Ghost(key: key, group: group, sha256: sha256, u: u, claims: claims)
    }
}

extension RemovalLog.Ghost {
    init(_ row: PairRow, claims: [QueryID]) {
        self.init(key: row.key, group: row.group, sha256: row.sha256, u: row.u, claims: claims)
    }

    /// The ghost that a live pair will leave; `nil` for another.
    init?(of row: PairRow, _ claims: ClaimReader) throws {
        guard row.status == .live || row.status == .lost else { return nil }
        self.init(row, claims: try claims.claims(of: row))
    }
}
