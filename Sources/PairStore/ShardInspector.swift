/// Looks into WebDataset shards, ours or anybody's: what they hold and what is missing.
public struct ShardInspector: Sendable {
    /// What one archive holds.
    public struct Report: Sendable, Codable, Equatable {
        /// The archive's path.
        public var path: String
        /// Its size in bytes.
        public var bytes: Int64
        /// Members by extension, everything after the first dot of the last path part, in lower case.
        public var members: [String: Int]
        /// Bytes of members by extension.
        public var memberBytes: [String: Int64]
        /// Groups of members with one key.
        public var samples: Int
        /// Samples with a picture and a text.
        public var pairs: Int
        /// Keys without a picture, at most `maxListed`; `missingPicturesCount` says how many.
        public var missingPictures: [String]
        /// Samples without a picture.
        public var missingPicturesCount: Int
        /// Keys without a text, at most `maxListed`; `missingTextsCount` says how many.
        public var missingTexts: [String]
        /// Samples without a text.
        public var missingTextsCount: Int
        /// The first captions by key, at most as many as were asked for.
        public var captions: [Caption]
        /// Why reading stopped before the end of the archive; `nil` for a whole archive.
        public var damage: String?

        enum CodingKeys: String, CodingKey {
            case path, bytes, members, samples, pairs, captions, damage
            case memberBytes = "member_bytes"
            case missingPictures = "missing_pictures"
            case missingPicturesCount = "missing_pictures_count"
            case missingTexts = "missing_texts"
            case missingTextsCount = "missing_texts_count"
        }
    }

    /// A key and its text.
    public struct Caption: Sendable, Codable, Equatable {
        /// The sample's key.
        public var key: String
        /// Its text, cut at 2 KiB.
        public var text: String
    }

    /// Keys listed for each flaw at most.
    public static let maxListed = 100
    /// Extensions of pictures.
    public static let pictureExtensions: Set<String> = ["jpg", "jpeg", "png", "webp", "gif"]
    /// Extensions of texts.
    public static let textExtensions: Set<String> = ["txt", "text", "caption"]

    private let captionCount: Int

    /// Will give the first `captions` texts of each archive.
    public init(captions: Int = 5) { captionCount = captions }

    /// Reads the headers of an archive and its first captions. Throws when the file cannot be opened; a broken
    /// archive is reported as far as it can be read.
    ///
    /// `picture` is given every picture's key and place, for a caller that decodes them.
    public func inspect(
        _ path: String, picture: (_ key: String, _ member: TarMember) throws -> Void = { _, _ in }
    ) throws -> Report {
        var reader = try TarReader(path: path)
        var report = Report(
            path: path, bytes: reader.size, members: [:], memberBytes: [:], samples: 0, pairs: 0,
            missingPictures: [], missingPicturesCount: 0, missingTexts: [], missingTextsCount: 0, captions: []
        )
        var group = Group(key: "")
        while let member = nextMember(&reader, &report) {
            let (key, fileExtension) = Self.split(member.name)
            report.members[fileExtension, default: 0] += 1
            report.memberBytes[fileExtension, default: 0] += member.size
            if key != group.key || group.extensions.contains(fileExtension) {
                close(group, &report)
                group = Group(key: key)
            }
            group.extensions.insert(fileExtension)
            if Self.pictureExtensions.contains(fileExtension) { try picture(key, member) }
            if Self.textExtensions.contains(fileExtension), report.captions.count < captionCount {
                let text = try reader.prefix(of: member, bytes: 2048)
                report.captions.append(Caption(key: key, text: String(decoding: text, as: UTF8.self)))
            }
        }
        close(group, &report)
        return report
    }

    private struct Group {
        var key: String
        var extensions: Set<String> = []
    }

    private func nextMember(_ reader: inout TarReader, _ report: inout Report) -> TarMember? {
        do {
            return try reader.next()
        } catch {
            report.damage = "\(error)"
            return nil
        }
    }

    private func close(_ group: Group, _ report: inout Report) {
        guard !group.extensions.isEmpty else { return }
        report.samples += 1
        let hasPicture = !group.extensions.isDisjoint(with: Self.pictureExtensions)
        let hasText = !group.extensions.isDisjoint(with: Self.textExtensions)
        if hasPicture && hasText { report.pairs += 1 }
        if !hasPicture {
            report.missingPicturesCount += 1
            if report.missingPictures.count < Self.maxListed { report.missingPictures.append(group.key) }
        }
        if !hasText {
            report.missingTextsCount += 1
            if report.missingTexts.count < Self.maxListed { report.missingTexts.append(group.key) }
        }
    }

    /// WebDataset's rule: the key ends at the first dot of the last path part.
    package static func split(_ name: String) -> (key: String, fileExtension: String) {
        let start = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
        guard let dot = name[start...].firstIndex(of: ".") else { return (name, "") }
        return (String(name[..<dot]), name[name.index(after: dot)...].lowercased())
    }
}
