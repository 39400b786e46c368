internal import PairStore

/// Takes the members of one sample out of its shard.
struct SampleReader: Sendable {
    /// A sample's key and members.
    struct Pair {
        var key: String
        var image: [UInt8]
        var text: [UInt8]
        var json: [UInt8] = []
        /// Bytes read from the shard.
        var bytes: Int
    }

    private let files: ShardFiles
    private let wanted: SampleMembers

    init(files: ShardFiles, wanted: SampleMembers) {
        self.files = files
        self.wanted = wanted
    }

    /// The pair, or the reason for which it is skipped.
    func read(_ sample: SampleIndex.Sample) -> Result<Pair, SkipReason> {
        guard let bytes = files.read(sample) else { return .failure(SkipReason("unreadable_shard")) }
        var archive = TarReader(bytes: bytes, name: "sample")
        var pair = Pair(key: "", image: [], text: [], bytes: bytes.count)
        // Members that are not asked for are passed over.
        var missing = wanted
        do {
            while let member = try archive.next() {
                let name = MemberName(member.name)
                if pair.key.isEmpty { pair.key = name.key }
                guard name.key == pair.key else { return .failure(SkipReason("damaged_archive")) }
                if name.isText, missing.text {
                    pair.text = try archive.content(of: member)
                    missing.text = false
                } else if name.isImage, missing.image {
                    pair.image = try archive.content(of: member)
                    missing.image = false
                } else if name.isJSON, missing.json {
                    pair.json = try archive.content(of: member)
                    missing.json = false
                }
            }
        } catch { return .failure(SkipReason("damaged_archive")) }
        if missing.image { return .failure(SkipReason("no_image")) }
        return missing.text || missing.json ? .failure(SkipReason("no_text")) : .success(pair)
    }
}

/// The stable name under which a skipped sample is counted.
struct SkipReason: Error, Equatable {
    let name: String

    init(_ name: String) { self.name = name }
}
