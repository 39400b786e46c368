internal import PairStore

extension SampleIndex {
    /// The pairs of a store: as they are now, or as they were at the commit that `wanted` names.
    ///
    /// Pairs are ordered by their numbers, so that a compaction, which moves them to other shards, changes nothing.
    mutating func addStore(
        _ path: String, _ filter: SplitFilter, _ configuration: LoaderConfiguration
    ) throws {
        let snapshot: StoreSnapshot
        do {
            let reader = try StoreReader.open(path)
            let name = StoreIdentity(uuid: reader.uuid)
            let commit = try configuration.snapshot.map { try name.commit(in: $0, path: path) }
            snapshot = try reader.snapshot(commit: commit, view: configuration.view)
            if commit != nil, snapshot.missing > 0, !configuration.acceptsMissing {
                throw LoaderError(
                    .otherSnapshot,
                    "\(path): \(snapshot.missing) pairs of the snapshot are gone since (removed or compacted), so its "
                        + "order cannot be repeated: start a new run, or accept another order of those that are left"
                )
            }
            hold(reader)
            add(identity: name.text(commit: snapshot.commit))
        } catch let error as StoreError {
            throw LoaderError(.unreadable, error.description)
        }
        var found: [(id: Int64, sample: Sample)] = []
        for shard in snapshot.shards {
            let number = try add(.path(shard.path), of: shard.path)
            for sample in shard.samples where filter.admits("\(sample.key)") {
                if let length = Int32(exactly: sample.length), Int64(length) <= MemberGroup.maxBytes {
                    found.append((sample.id, Sample(offset: sample.offset, length: length, shard: number)))
                } else {
                    countSkipped("sample_too_large")
                }
            }
        }
        found.sort { $0.id < $1.id }
        try add(found.map(\.sample), of: path)
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
