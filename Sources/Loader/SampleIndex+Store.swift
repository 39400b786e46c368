internal import PairStore

extension SampleIndex {
    /// The pairs of a store: as they are now, or as they were at the commit that `wanted` names.
    mutating func addStore(_ path: String, _ filter: SplitFilter, at wanted: String?) throws {
        let snapshot: StoreSnapshot
        do {
            let reader = try StoreReader.open(path)
            let name = StoreIdentity(uuid: reader.uuid)
            let commit = try wanted.map { try name.commit(in: $0, path: path) }
            snapshot = try reader.snapshot(commit: commit)
            if commit != nil, snapshot.missing > 0 {
                throw LoaderError(
                    .otherSnapshot,
                    "\(path): \(snapshot.missing) pairs of the snapshot are gone since (removed or compacted), so its "
                        + "order cannot be repeated: start a new run")
            }
            add(identity: name.text(commit: snapshot.commit))
        } catch let error as StoreError {
            throw LoaderError(.unreadable, error.description)
        }
        for shard in snapshot.shards {
            var found: [(offset: Int64, length: Int32)] = []
            for sample in shard.samples where filter.admits("\(sample.key)") {
                if let length = Int32(exactly: sample.length), Int64(length) <= MemberGroup.maxBytes {
                    found.append((sample.offset, length))
                } else {
                    countSkipped("sample_too_large")
                }
            }
            try add(shard: shard.path, samples: found)
        }
    }
}

/// How a store and one of its commits are named in a `LoaderState`.
private struct StoreIdentity {
    let uuid: String

    private var prefix: String { "store:\(uuid)@" }

    func text(commit: Int64) -> String { prefix + String(commit) }

    /// The commit that a snapshot's name gives for this store.
    func commit(in snapshot: String, path: String) throws -> Int64 {
        let parts = snapshot.split(separator: "#")[0].split(separator: "+")
        guard let part = parts.first(where: { $0.hasPrefix(prefix) }),
            let commit = Int64(part.dropFirst(prefix.count))
        else {
            throw LoaderError(.otherSnapshot, "\(path) is not the store of \(snapshot): start a new run")
        }
        return commit
    }
}
