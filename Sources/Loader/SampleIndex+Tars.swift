internal import Digest
import Foundation
internal import PairStore

extension SampleIndex {
    /// One pass over the headers of every archive that a pattern names. An archive that is damaged is used as far as it
    /// can be read, and counted.
    mutating func addTars(
        _ pattern: String, _ filter: SplitFilter, content: LoaderConfiguration.Content
    ) throws {
        var hasher = SHA256Hasher()
        for path in try ShardPattern.expand(pattern) {
            let found = try indexArchive(path, filter, content)
            // The path's last part only: a set may move to another folder.
            hasher.update(utf8: "\((path as NSString).lastPathComponent)\n")
            for sample in found { hasher.update(utf8: "\(sample.offset) \(sample.length)\n") }
            try add(shard: path, samples: found)
        }
        add(identity: "tars:" + hasher.finish().hex.prefix(32))
    }

    private mutating func indexArchive(
        _ path: String, _ filter: SplitFilter, _ content: LoaderConfiguration.Content
    ) throws -> [(offset: Int64, length: Int32)] {
        var found: [(offset: Int64, length: Int32)] = []
        var group = MemberGroup()
        var reader: TarReader
        do { reader = try TarReader(path: path) } catch {
            throw LoaderError(.unreadable, "\(path) cannot be read as a tar file: \(error)")
        }
        while true {
            let member: TarMember?
            do { member = try reader.next() } catch {
                // The damage may have taken members of the group before it.
                if group.flaw(for: content) == nil { close(group, filter, content, into: &found) }
                countSkipped("damaged_archive")
                return found
            }
            if let member, group.take(member) { continue }
            close(group, filter, content, into: &found)
            guard let member else { return found }
            group = MemberGroup(first: member)
        }
    }

    private mutating func close(
        _ group: MemberGroup, _ filter: SplitFilter, _ content: LoaderConfiguration.Content,
        into found: inout [(offset: Int64, length: Int32)]
    ) {
        guard let key = group.key, filter.admits(key) else { return }
        if let reason = group.flaw(for: content) {
            countSkipped(reason)
        } else {
            found.append((group.start, Int32(group.end - group.start)))
        }
    }
}

/// Neighbouring members whose names are equal up to the first dot of the last path part: one WebDataset sample.
struct MemberGroup {
    private(set) var key: String?
    private(set) var start: Int64 = 0
    private(set) var end: Int64 = 0
    private var hasImage = false
    private var hasText = false

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
    func flaw(for content: LoaderConfiguration.Content) -> String? {
        if !hasImage && content != .texts { return "no_image" }
        if !hasText { return "no_text" }
        return end - start > Self.maxBytes ? "sample_too_large" : nil
    }

    private mutating func add(_ member: TarMember, _ name: MemberName) {
        end = member.end
        hasImage = hasImage || name.isImage
        hasText = hasText || name.isText
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
}
