internal import PairStore

/// Takes the members of one sample out of its shard.
struct SampleReader: Sendable {
    /// A sample's key and members.
    struct Pair {
        var key: String
        var image: [UInt8]
        var text: [UInt8]
        /// Bytes read from the shard.
        var bytes: Int
    }

    private let files: ShardFiles
    private let wantsImage: Bool

    init(files: ShardFiles, content: LoaderConfiguration.Content) {
        self.files = files
        wantsImage = content != .texts
    }

    /// The pair, or the reason for which it is skipped.
    func read(_ sample: SampleIndex.Sample) -> Result<Pair, SkipReason> {
        guard let bytes = files.read(sample) else { return .failure(SkipReason("unreadable_shard")) }
        var archive = TarReader(bytes: bytes, name: "sample")
        var pair = Pair(key: "", image: [], text: [], bytes: bytes.count)
        var (hasImage, hasText) = (!wantsImage, false)
        do {
            while let member = try archive.next() {
                let name = MemberName(member.name)
                if pair.key.isEmpty { pair.key = name.key }
                guard name.key == pair.key else { return .failure(SkipReason("damaged_archive")) }
                if name.isText, !hasText {
                    pair.text = try archive.content(of: member)
                    hasText = true
                } else if name.isImage, !hasImage {
                    pair.image = try archive.content(of: member)
                    hasImage = true
                }
            }
        } catch { return .failure(SkipReason("damaged_archive")) }
        guard hasImage else { return .failure(SkipReason("no_image")) }
        return hasText ? .success(pair) : .failure(SkipReason("no_text"))
    }
}

/// The stable name under which a skipped sample is counted.
struct SkipReason: Error, Equatable {
    let name: String

    init(_ name: String) { self.name = name }
}
