internal import Digest
import Foundation

extension SampleIndex {
    /// One pass over the headers of every archive that a pattern names. An archive that is damaged is used as far as it
    /// can be read, and counted.
    mutating func addTars(
        _ pattern: String, _ filter: SplitFilter, _ configuration: LoaderConfiguration, _ remote: RemoteShards
    ) throws {
        var hasher = SHA256Hasher()
        for location in try ShardLocation.expand(pattern) {
            let (place, listing) = try open(location, configuration, remote)
            let shard = try add(place, of: location.description)
            let found = samples(of: listing, shard, filter, SampleMembers(configuration))
            hasher.update(utf8: "\(location.name)\n")
            for sample in found { hasher.update(utf8: "\(sample.offset) \(sample.length)\n") }
            try add(found, of: location.description)
        }
        add(identity: "tars:" + hasher.finish().hex.prefix(32))
    }

    private mutating func open(
        _ location: ShardLocation, _ configuration: LoaderConfiguration, _ remote: RemoteShards
    ) throws -> (ShardFiles.Place, ArchiveListing) {
        switch location {
        case .file(let path):
            return (.path(path), try ArchiveListing(path: path, named: path))
        case .remote(let url):
            let shard = try remote.shard(url)
            return (.remote(shard), shard.listing)
        case .command, .stream:
            let remote = configuration.remote
            let spool = try PipeSpool(
                location, folder: remote.cacheFolder, maxBytes: remote.maxCacheBytes - spooledBytes)
            spooledBytes += spool.byteCount
            return (.open(spool.file), try ArchiveListing(path: spool.path, named: location.description))
        }
    }

    private mutating func samples(
        of listing: ArchiveListing, _ shard: Int32, _ filter: SplitFilter, _ wanted: SampleMembers
    ) -> [Sample] {
        var found: [Sample] = []
        func close(_ group: MemberGroup, isCut: Bool = false) {
            guard let key = group.key, filter.admits(key) else { return }
            guard let reason = group.flaw(for: wanted) else {
                found.append(
                    Sample(offset: group.start, length: Int32(group.end - group.start), shard: shard))
                return
            }
            // The damage may have taken members of the group before it: that is counted as damage.
            if !isCut { countSkipped(reason) }
        }
        var group = MemberGroup()
        for member in listing.members where !group.take(member) {
            close(group)
            group = MemberGroup(first: member)
        }
        close(group, isCut: listing.isDamaged)
        if listing.isDamaged { countSkipped("damaged_archive") }
        return found
    }
}

/// Which members of a sample there are, or must be.
struct SampleMembers {
    var image = false
    var text = false
    var json = false

    init() {}

    /// Those that a configuration cannot do without.
    init(_ configuration: LoaderConfiguration) {
        image = configuration.content != .texts
        text = configuration.caption == .text
        json = !text
    }
}

/// Neighbouring members whose names are equal up to the first dot of the last path part: one WebDataset sample.
struct MemberGroup {
    private(set) var key: String?
    private(set) var start: Int64 = 0
    private(set) var end: Int64 = 0
    private var found = SampleMembers()

    /// The most a sample may hold: more is not a picture and its caption.
    static let maxBytes: Int64 = 256 << 20

    init() {}

    init(first member: ArchiveListing.Member) {
        let name = MemberName(member.name)
        (key, start) = (name.key, member.start)
        add(member, name)
    }

    /// Adds a member that belongs here; `false` for one that starts another group.
    mutating func take(_ member: ArchiveListing.Member) -> Bool {
        guard let key else { return false }
        let name = MemberName(member.name)
        guard name.key == key else { return false }
        add(member, name)
        return true
    }

    /// Why the group is no sample, or `nil`.
    func flaw(for wanted: SampleMembers) -> String? {
        if wanted.image && !found.image { return "no_image" }
        if wanted.text && !found.text || wanted.json && !found.json { return "no_text" }
        return end - start > Self.maxBytes ? "sample_too_large" : nil
    }

    private mutating func add(_ member: ArchiveListing.Member, _ name: MemberName) {
        end = member.end
        found.image = found.image || name.isImage
        found.text = found.text || name.isText
        found.json = found.json || name.isJSON
    }
}

/// A member's name as WebDataset reads it.
struct MemberName {
    /// The path up to the first dot of its last part.
    let key: String
    /// What follows that dot, in lower case.
    let suffix: String

    init(_ name: String) {
        let utf8 = name.utf8
        let lastPart = utf8.lastIndex(of: UInt8(ascii: "/")).map { utf8.index(after: $0) } ?? utf8.startIndex
        let dot = utf8[lastPart...].firstIndex(of: UInt8(ascii: "."))
        key = String(name[..<(dot ?? utf8.endIndex)])
        suffix = dot.map { name[utf8.index(after: $0)...].lowercased() } ?? ""
    }

    var isImage: Bool { ["jpg", "jpeg", "png", "webp", "gif"].contains(suffix) }
    var isText: Bool { suffix == "txt" }
    var isJSON: Bool { suffix == "json" }
}
