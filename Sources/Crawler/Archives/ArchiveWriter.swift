internal import Digest
internal import Fetch
internal import Foundation
internal import PairStore

/// Writes what a crawl exchanges with servers as WARC 1.1 (ISO 28500:2017): warcinfo, request, response and revisit
/// records, each a gzip member of its own. On a thread of its own.
///
/// A file is `….warc.gz.part` until it is whole. What a killed run left is cut behind its last whole record and renamed by
/// the next run. Files are synced when they are closed.
actor ArchiveWriter {
    private let folder: ArchiveFolder
    private let userAgent: String
    private let maxFileBytes: Int
    private let thread = SerialThread(label: "wit.warc")
    private var file: ArchiveFolder.File?
    /// Pictures that were written, by the SHA-256 of their bytes.
    private var written: [SHA256Digest: Original] = [:]

    private struct Original {
        let url: String
        let date: String
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Files are ended at about this size, which the standard recommends (annex C).
    static let maxFileBytes = 1 << 30
    /// So many pictures are known again; 200 bytes each.
    private static let maxWritten = 200_000
    private static let revisitProfile = "http://netpreserve.org/warc/1.1/revisit/"

    /// Makes the folder, and ends what a killed run left there.
    init(_ path: String, userAgent: String, maxFileBytes: Int = maxFileBytes) throws(CrawlerError) {
        folder = try ArchiveFolder(path)
        (self.userAgent, self.maxFileBytes) = (userAgent, maxFileBytes)
    }

    /// Writes one exchange; one without an answer leaves nothing to write.
    func write(_ request: FetchRequest, _ outcome: FetchOutcome, at time: Date = Date()) throws {
        guard case .response(let response) = outcome else { return }
        let message = ArchivedExchange(request, response, userAgent: userAgent)
        let date = ArchiveDate.text(time)
        let answer = answerRecord(message, response, request.url, date)
        let asked = ArchiveRecordText(
            "request", date, target: request.url,
            fields: [
                ("WARC-Concurrent-To", "<\(answer.id)>"),
                ("Content-Type", "application/http; msgtype=request"),
            ], block: message.request)
        let file = try openFile()
        let isPacked = response.mediaType?.hasPrefix("image/") ?? false
        try file.write(Gzip.compress(asked.bytes))
        try file.write(Gzip.compress(answer.bytes, level: isPacked ? 1 : 6))
        if file.bytes >= maxFileBytes { try close() }
    }

    /// Ends the file at work.
    func close() throws {
        try file?.finish()
        file = nil
    }

    private func openFile() throws -> ArchiveFolder.File {
        if let file { return file }
        let new = try folder.newFile()
        let info = """
            software: wit\r
            format: WARC File Format 1.1\r
            conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r
            robots: obey\r
            http-header-user-agent: \(userAgent)\r

            """
        let record = ArchiveRecordText(
            "warcinfo", ArchiveDate.text(Date()), target: nil,
            fields: [("WARC-Filename", new.name), ("Content-Type", "application/warc-fields")],
            block: Array(info.utf8))
        try new.write(Gzip.compress(record.bytes))
        file = new
        return new
    }

    /// The answer as it is, or as a revisit: nothing has changed, or the picture was written under another address. Pages
    /// are always written, for the same bytes say other things at another address.
    private func answerRecord(
        _ message: ArchivedExchange, _ response: FetchResponse, _ url: String, _ date: String
    ) -> ArchiveRecordText {
        let digest = SHA256Digest(of: response.body)
        var fields = [("Content-Type", "application/http; msgtype=response")]
        if let address = response.remoteAddress { fields.append(("WARC-IP-Address", "\(address)")) }
        if response.status == 304 {
            fields.append(("WARC-Profile", Self.revisitProfile + "server-not-modified"))
            return ArchiveRecordText("revisit", date, target: url, fields: fields, block: message.answerHead)
        }
        fields.append(("WARC-Payload-Digest", "sha256:\(digest.hex)"))
        if let original = original(digest, response, url, date) {
            fields += [
                ("WARC-Profile", Self.revisitProfile + "identical-payload-digest"),
                ("WARC-Refers-To-Target-URI", original.url), ("WARC-Refers-To-Date", original.date),
            ]
            return ArchiveRecordText("revisit", date, target: url, fields: fields, block: message.answerHead)
        }
        if response.isBodyTruncated { fields.append(("WARC-Truncated", "length")) }
        return ArchiveRecordText(
            "response", date, target: url, fields: fields, block: message.answerHead + response.body)
    }

    private func original(
        _ digest: SHA256Digest, _ response: FetchResponse, _ url: String, _ date: String
    ) -> Original? {
        guard (200..<300).contains(response.status), !response.body.isEmpty, !response.isHTML,
            !response.isBodyTruncated
        else { return nil }
        if let known = written[digest] { return known.url == url ? nil : known }
        if written.count < Self.maxWritten { written[digest] = Original(url: url, date: date) }
        return nil
    }
}
