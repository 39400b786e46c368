/// One more place where the picture and text of a group were seen.
struct Sighting: Sendable {
    var key: [UInt8]
    var group: [UInt8]
    /// SHA-256 of the picture; empty where only names are looked at.
    var image: [UInt8]
    var u: UInt64
    /// Milliseconds since 1970.
    var fetchedAt: Int64
    var imageURL: String
    var pageURL: String
}

extension Sighting {
    init(_ row: PairRow) {
        self.init(
            key: row.key, group: row.group, image: row.sha256, u: row.u, fetchedAt: row.fetchedAt,
            imageURL: row.imageURL,
            pageURL: row.pageURL)
    }

    /// The columns of `init(_:of:)`, from `seen s`.
    static let select = """
        SELECT s.key, s.grp, s.u, s.fetched_at, o.origin, s.path, po.origin, pg.path FROM seen s
          LEFT JOIN origins o ON o.id = s.origin
          LEFT JOIN pages pg ON pg.id = s.page LEFT JOIN origins po ON po.id = pg.origin

        """

    init(_ row: SQLStatement, of image: [UInt8] = []) {
        self.init(
            key: row.blob(0), group: row.blob(1), image: image, u: Stored.unsigned(row.int(2)),
            fetchedAt: row.int(3),
            imageURL: row.text(4) + row.text(5), pageURL: row.text(6) + row.text(7))
    }
}
