internal import PairStore

/// The members of an archive, as far as it is sound.
struct ArchiveListing: Sendable {
    /// One member: its name, where its header starts, and where the next member's does.
    struct Member: Sendable, Equatable {
        var name: String
        var start: Int64
        var end: Int64
    }

    private(set) var members: [Member] = []
    /// Whether the archive ends early or breaks its format behind the members.
    private(set) var isDamaged = false

    /// Reads the headers of a file.
    ///
    /// - Parameter name: What errors call it.
    init(path: String, named name: String) throws {
        var reader: TarReader
        do { reader = try TarReader(path: path) } catch {
            throw LoaderError(.unreadable, "\(name) cannot be read as a tar file: \(error)")
        }
        do {
            while let member = try reader.next() {
                members.append(Member(name: member.name, start: member.start, end: member.end))
            }
        } catch { isDamaged = true }
    }
}

extension ArchiveListing {
    /// The listing as lines of text: the damage, then each member's start, end and name.
    var text: String {
        var text = isDamaged ? "damaged\n" : "sound\n"
        for member in members { text += "\(member.start) \(member.end) \(member.name)\n" }
        return text
    }

    /// Reads `text`; `nil` for anything else.
    init?(text: Substring) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard let first = lines.popFirst(), ["sound", "damaged"].contains(first), lines.popLast() == "" else {
            return nil
        }
        isDamaged = first == "damaged"
        for line in lines {
            let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let start = Int64(parts[0]), let end = Int64(parts[1]), start < end else {
                return nil
            }
            members.append(Member(name: String(parts[2]), start: start, end: end))
        }
    }
}
