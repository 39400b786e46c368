/// Takes candidates that a removal names out of the log.
struct CandidateScrub {
    private let session: StoreSession

    init(_ session: StoreSession) { self.session = session }

    /// Gives how many lines went. A file is replaced as a whole, so a crash leaves the old or the new one.
    func run() throws -> Int {
        let removals = try session.removals()
        guard !removals.isEmpty else { return 0 }
        var gone = 0
        for name in try CandidateLog.fileNames(in: session.paths, session.files) {
            gone += try scrub(session.paths.candidates + "/" + name, removals)
        }
        return gone
    }

    private func scrub(_ path: String, _ removals: RemovalList) throws -> Int {
        var kept: [UInt8] = []
        var members: [[UInt8]] = []
        var gone = 0
        try CandidateLog.read(path) { candidate in
            if removals.names(candidate) {
                gone += 1
                return
            }
            kept += candidate.line() + [UInt8(ascii: "\n")]
            if kept.count >= 4 << 20 {
                members.append(try Gzip.compress(kept))
                kept = []
            }
        }
        guard gone > 0 else { return 0 }
        if !kept.isEmpty { members.append(try Gzip.compress(kept)) }
        try replace(path, members)
        return gone
    }

    private func replace(_ path: String, _ members: [[UInt8]]) throws {
        let files = session.files
        let new = path + ".new"
        if try files.size(of: new) != nil { try files.remove(new) }
        let file = try files.open(new, create: true)
        var end: Int64 = 0
        for member in members {
            try member.withUnsafeBytes { try file.write($0, at: end) }
            end += Int64(member.count)
        }
        try file.sync()
        try files.rename(new, to: path)
        try files.syncFolder(session.paths.candidates)
    }
}
