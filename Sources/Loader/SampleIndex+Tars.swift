internal import Digest
import Foundation
internal import PairStore

extension SampleIndex {
    /// One pass over the headers of every archive that a pattern names. An archive that is damaged is used as far as it
    /// can be read, and counted.
    mutating func addTars(
        _ pattern: String, _ filter: SplitFilter, _ configuration: LoaderConfiguration
    ) throws {
        var hasher = SHA256Hasher()
        for path in try ShardPattern.expand(pattern) {
            let file = try add(file: path)
            let found = try indexArchive(path, file, filter, SampleMembers(configuration))
            // The path's last part only: a set may move to another folder.
            hasher.update(utf8: "\((path as NSString).lastPathComponent)\n")
            for sample in found { hasher.update(utf8: "\(sample.offset) \(sample.length)\n") }
            try add(found, of: path)
        }
        add(identity: "tars:" + hasher.finish().hex.prefix(32))
    }

    private mutating func indexArchive(
        _ path: String, _ file: Int32, _ filter: SplitFilter, _ wanted: SampleMembers
    ) throws -> [Sample] {
        var found: [Sample] = []
        var group = MemberGroup()
        func close(_ group: MemberGroup) {
            guard let key = group.key, filter.admits(key) else { return }
            if let reason = group.flaw(for: wanted) {
                countSkipped(reason)
            } else {
                found.append(Sample(offset: group.start, length: Int32(group.end - group.start), shard: file))
            }
        }
        var reader: TarReader
        do { reader = try TarReader(path: path) } catch {
            throw LoaderError(.unreadable, "\(path) cannot be read as a tar file: \(error)")
        }
        while true {
            let member: TarMember?
            do { member = try reader.next() } catch {
                // The damage may have taken members of the group before it.
                if group.flaw(for: wanted) == nil { close(group) }
                countSkipped("damaged_archive")
                return found
            }
            if let member, group.take(member) { continue }
            close(group)
            guard let member else { return found }
            group = MemberGroup(first: member)
        }
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

    init(first member: TarMember) {
        let name = MemberName(member.name)
        (key, start) = (name.key, member.start)
        add(member, name)
    }

    /// Adds a member that belongs here; `false` for one that starts another group.
    mutating func take(_ member: TarMember) -> Bool {
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

    private mutating func add(_ member: TarMember, _ name: MemberName) {
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
