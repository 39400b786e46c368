internal import Foundation
internal import Digest
internal import QueryBank

/// One stored pair with its interned parts put back together.
struct PairRow {
    var id: Int64
    var key: [UInt8]
    var group: [UInt8]
    var sha256: [UInt8]
    var u: UInt64
    var status: CatalogueSchema.Status
    var born: Int64
    var died: Int64?
    /// Where the sample's first header lies; `nil` once its bytes are gone.
    var place: Place?
    var imageBytes: Int
    var jsonBytes: Int
    var format: String
    var width: Int
    var height: Int
    var phash: UInt64
    var phashAlgorithm: String
    /// Milliseconds since 1970.
    var fetchedAt: Int64
    var text: String
    var textSource: String
    var licence: String?
    var language: String?
    var imageURL: String
    var pageURL: String
    var queries: [QueryID]
    var extra: ExtraFields?

    struct Place: Hashable {
        var shard: Int64
        var offset: Int64
    }

    /// What decides whether a pair holds claims.
    struct Standing {
        let id: Int64
        let u: UInt64
        let status: CatalogueSchema.Status
        let queries: [QueryID]

        var match: Match { Match(u: Stored.ordered(u), pair: id) }
    }

    var priority: Priority { Priority(u: u, imageURL: imageURL, text: text) }
    var match: Match { Match(u: Stored.ordered(u), pair: id) }
    var standing: Standing { Standing(id: id, u: u, status: status, queries: queries) }
    var hexKey: String { Hex.encode(key) }
    var layout: SampleLayout {
        SampleLayout(image: imageBytes, text: text.utf8.count, json: jsonBytes)
    }

    /// The name of a picture with a text: what makes two candidates one group.
    static func group(sha256: SHA256Digest, text: String) -> [UInt8] {
        var hasher = SHA256Hasher()
        sha256.bytes.withUnsafeBytes { hasher.update($0) }
        hasher.update(utf8: text)
        return Array(hasher.finish().bytes.prefix(16))
    }

    init(_ pair: NewPair, key: CandidateKey, sha256: SHA256Digest, u: UInt64) {
        (id, born, status) = (0, 0, .live)
        (self.key, self.u) = (key.bytes, u)
        self.sha256 = sha256.bytes
        group = Self.group(sha256: sha256, text: pair.text)
        (imageBytes, jsonBytes) = (pair.image.count, 0)
        (format, width, height) = (pair.format, pair.width, pair.height)
        (phash, phashAlgorithm) = (pair.phash, pair.phashAlgorithm)
        fetchedAt = Int64((pair.fetchedAt.timeIntervalSince1970 * 1000).rounded())
        (text, textSource) = (pair.text, pair.textSource)
        (licence, language) = (pair.licence, pair.language)
        (imageURL, pageURL, queries) = (pair.imageURL, pair.pageURL, pair.queries)
        extra = pair.extra
    }

    /// What stays of a removed pair.
    init(_ ghost: RemovalLog.Ghost) {
        (id, born, status) = (0, 0, .removed)
        (key, group, sha256, u) = (ghost.key, ghost.group, ghost.sha256, ghost.u)
        (imageBytes, jsonBytes, width, height, phash, fetchedAt) = (0, 0, 0, 0, 0, 0)
        (format, phashAlgorithm, text, textSource, imageURL, pageURL) = ("", "", "", "", "", "")
        queries = ghost.claims
    }

    /// The columns that `init(_:)` reads, in its order; a pair taken out has no strings, origin or page.
    static let select = """
        SELECT p.id, p.key, p.grp, p.sha256, p.u, p.status, p.born, p.died, p.shard, p.offset, p.bytes,
          p.json_bytes, p.format, p.width, p.height, p.phash, pa.string, p.fetched_at, p.text, ts.string,
          li.string, la.string, o.origin, p.path, po.origin, pg.path, p.queries, p.extra
        FROM pairs p
          LEFT JOIN strings pa ON pa.id = p.phash_algorithm LEFT JOIN strings ts ON ts.id = p.text_source
          LEFT JOIN strings li ON li.id = p.licence LEFT JOIN strings la ON la.id = p.language
          LEFT JOIN origins o ON o.id = p.origin
          LEFT JOIN pages pg ON pg.id = p.page LEFT JOIN origins po ON po.id = pg.origin

        """

    init(_ row: SQLStatement) throws {
        id = row.int(0)
        (key, group, sha256) = (row.blob(1), row.blob(2), row.blob(3))
        u = Stored.unsigned(row.int(4))
        status = try CatalogueSchema.Status(row.int(5), ofPair: id)
        (born, died) = (row.int(6), row.optionalInt(7))
        if let shard = row.optionalInt(8) { place = Place(shard: shard, offset: row.int(9)) }
        (imageBytes, jsonBytes) = (Int(row.int(10)), Int(row.int(11)))
        (format, width, height) = (row.text(12), Int(row.int(13)), Int(row.int(14)))
        (phash, phashAlgorithm) = (UInt64(bitPattern: row.int(15)), row.text(16))
        (fetchedAt, text, textSource) = (row.int(17), row.text(18), row.text(19))
        licence = row.optionalText(20)
        language = row.optionalText(21)
        imageURL = row.text(22) + row.text(23)
        pageURL = row.text(24) + row.text(25)
        queries = Stored.decode(row.blob(26))
        extra = ExtraFields(json: row.optionalText(27))
    }
}

extension CatalogueSchema.Status {
    init(_ stored: Int64, ofPair id: Int64) throws {
        guard let status = Self(rawValue: stored) else {
            throw StoreError(.damaged, "pair \(id)", "has status \(stored), which no wit writes")
        }
        self = status
    }
}

extension SQLStatement {
    /// A text, or `nil` for NULL.
    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
}
