internal import Digest

extension SampleJSON {
    /// What `KEY.json` says.
    struct Facts: Decodable {
        var extra: ExtraFields?
        var fetchedAt: String
        var format: String
        var height: Int
        var imageBytes: Int
        var key: String
        var language: String?
        var licence: String?
        var pageURL: String
        var phash: String?
        var phashAlgorithm: String?
        var priority: String
        var queries: [String]
        /// Of the picture as fetched.
        var sha256: String
        /// Of the picture as it lies beside, where an export made it over.
        var storedSHA256: String?
        var text: String
        var textSource: String
        var url: String
        var width: Int

        enum CodingKeys: String, CodingKey {
            case extra, format, height, key, language, licence, phash, priority, queries, sha256, text, url,
                width
            case fetchedAt = "fetched_at"
            case imageBytes = "image_bytes"
            case pageURL = "page_url"
            case phashAlgorithm = "phash_algorithm"
            case storedSHA256 = "stored_sha256"
            case textSource = "text_source"
        }
    }
}

extension SampleJSON.Facts {
    init(_ row: PairRow, queries: [String]) {
        extra = row.extra
        (fetchedAt, format, height, imageBytes) = (
            Timestamp.text(row.fetchedAt), row.format, row.height, row.imageBytes
        )
        (key, language, licence, pageURL) = (row.hexKey, row.language, row.licence, row.pageURL)
        if !row.phashAlgorithm.isEmpty { (phash, phashAlgorithm) = (Hex.word(row.phash), row.phashAlgorithm) }
        priority = Hex.word(row.u)
        (self.queries, sha256) = (queries, Hex.encode(row.sha256))
        (text, textSource, url, width) = (row.text, row.textSource, row.imageURL, row.width)
    }

    /// As in the store, with the picture that an export writes.
    init(_ record: PairRecord, _ picture: StoreExporter.Picture, queries: [String]) {
        let stored = SHA256Digest(of: picture.bytes).hex
        extra = record.extra
        (fetchedAt, format, height) = (record.fetchedAt, picture.format, picture.height)
        (imageBytes, key, language) = (picture.bytes.count, record.key, record.language)
        (licence, pageURL, phash) = (record.licence, record.pageURL, record.phash)
        (phashAlgorithm, priority, self.queries) = (record.phashAlgorithm, record.priority, queries)
        (sha256, storedSHA256) = (record.sha256, stored == record.sha256 ? nil : stored)
        (text, textSource, url, width) = (record.text, record.textSource, record.url, picture.width)
    }
}
