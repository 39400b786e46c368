internal import PairStore

/// Takes the members of one sample out of its shard.
struct SampleReader: Sendable {
    /// A sample's key and members.
    struct Pair {
        var key: String
        var image: ArraySlice<UInt8>
        var text: ArraySlice<UInt8>
        var json: ArraySlice<UInt8> = []
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
                    pair.text = bytes[member]
                    missing.text = false
                } else if name.isImage, missing.image {
                    pair.image = bytes[member]
                    missing.image = false
                } else if name.isJSON, missing.json {
                    pair.json = bytes[member]
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

extension [UInt8] {
    /// A member's content in an archive that was read whole; the archive's reader has checked that it lies there.
    fileprivate subscript(member: TarMember) -> ArraySlice<UInt8> {
        self[Int(member.offset)..<Int(member.offset + member.size)]
    }
}
