internal import Fetch
internal import Foundation

/// The records of WARC files as candidates: pages are read as a crawl reads them, and pictures that the files hold come
/// along. Pictures that stand before their pages are found in a second pass over the files that can be read twice.
final class ArchiveFeed: CandidateFeed {
    private let paths: [String]
    private let context: CrawlContext
    private let marks: [String: InputMark]
    private var waiting: [String]
    private var open: Open?
    private var pass = Pass.pagesAndPictures
    private var picturePasses = 0
    private var hasPassedOver = false
    /// Files that were gone in a second pass, and how many of them were not counted yet.
    private var gone: Set<String> = []
    private var uncounted = 0
    private var sites: ArchiveSites
    private var aliases = ArchiveAliases()

    private enum Pass { case pagesAndPictures, pictures }

    private struct Open {
        var reader: ArchiveReader
        let name: String
        let id: String?
        /// Records that an earlier run took in: only what they say of their sites matters.
        var known: Int64
        var records: Int64 = 0
    }

    /// Records are taken together up to so many of them, or so many bytes of pages and pictures.
    private static let maxRecords = 512
    private static let maxBytes = 8 << 20

    /// - Parameter marks: how far earlier runs came, by input.
    init(_ paths: [String], _ context: CrawlContext, marks: [String: InputMark]) {
        (self.paths, self.context, self.marks, waiting) = (paths, context, marks, paths)
        sites = ArchiveSites()
    }

    func next() throws -> FeedBatch? {
        if uncounted > 0 {
            defer { uncounted = 0 }
            return FeedBatch(drops: [.archiveGone: uncounted])
        }
        while open == nil {
            guard !waiting.isEmpty else { return nil }
            open = try open(waiting.removeFirst())
        }
        guard var current = open else { return nil }
        // Held here alone while it is read, so that it is not copied.
        open = nil
        var batch = FeedBatch()
        var (bytes, looked) = (0, 0)
        while looked < Self.maxRecords, bytes < Self.maxBytes {
            guard let record = try current.reader.next() else {
                if pass == .pagesAndPictures, current.reader.damages > 0 {
                    batch.drops[.recordDamaged] = current.reader.damages
                }
                batch.mark = mark(current, isDone: true)
                return batch
            }
            current.records += 1
            looked += 1
            if current.records > current.known, pass == .pagesAndPictures { batch.rows += 1 }
            bytes += try take(record, &current, into: &batch)
        }
        batch.mark = mark(current, isDone: false)
        open = current
        return batch
    }

    /// Begins the second pass; false when there is nothing to read twice, or it was begun already. Where the first pass
    /// left out files that an earlier run had read, what redirects to what shows in the second only: then there is a third.
    func startAgain() -> Bool {
        guard picturePasses < (hasPassedOver ? 2 : 1) else { return false }
        pass = .pictures
        picturePasses += 1
        let lost = paths.filter { InputFile.isGone($0) && gone.insert($0).inserted }
        uncounted = lost.count
        waiting = paths.filter { !gone.contains($0) && InputFile.isRepeatable($0) }
        return !waiting.isEmpty || uncounted > 0
    }

    private func mark(_ current: Open, isDone: Bool) -> InputMark? {
        guard pass == .pagesAndPictures, let id = current.id, current.records >= current.known else {
            return nil
        }
        return InputMark(id: id, name: current.name, position: current.records, isDone: isDone)
    }

    private func open(_ path: String) throws -> Open? {
        let id = try InputFile.identity(path, manner: "archive \(context.configuration.partition as Any)")
        let known = pass == .pagesAndPictures ? id.flatMap { marks[$0] } : nil
        if known?.isDone == true {
            hasPassedOver = true
            return nil
        }
        return Open(
            reader: try ArchiveReader(path: path), name: path, id: id,
            known: known?.position ?? 0)
    }

    // MARK: Records

    /// Takes a record in; gives how many bytes it took to look at it.
    private func take(_ record: ArchiveRecord, _ current: inout Open, into batch: inout FeedBatch) throws
        -> Int
    {
        guard let url = WebURL(record.target) else { return 0 }
        switch record.type {
        case "response" where record.contentType.hasPrefix("application/http"), "resource":
            return try takeAnswer(record, url, &current, into: &batch)
        case "revisit":
            if let original = WebURL(record.refersTo) { aliases.note(url, leadsTo: original) }
            return 0
        case "metadata" where record.contentType.hasPrefix("application/json"):
            return try takeMetadata(url, &current, into: &batch)
        default: return 0
        }
    }

    private func takeAnswer(
        _ record: ArchiveRecord, _ url: WebURL, _ current: inout Open, into batch: inout FeedBatch
    ) throws -> Int {
        let kind = try kind(record, url, &current)
        let isKnown = current.records <= current.known
        guard let limit = limit(of: kind, isKnown: isKnown),
            let (size, isCut, answer) = try current.reader.withBlock(
                limit: limit,
                { bytes, isCut in
                    (bytes.count, isCut, response(record, bytes, isCut: isCut, maxBytes: limit))
                })
        else { return 0 }
        guard let response = answer, (200..<400).contains(response.status) else { return size }
        switch kind {
        case .robots: sites.take(response, of: url)
        case .redirect:
            if let target = response.redirectTarget.flatMap({ WebURL($0) }) {
                aliases.note(url, leadsTo: target)
            }
        case .page: takePage(response, url, into: &batch)
        case .picture where !isCut: takePicture(response, url, record, into: &batch)
        case .picture, .other: break
        }
        return size
    }

    private enum Kind { case page, picture, robots, redirect, other }

    /// What an answer is, by its head.
    private func kind(_ record: ArchiveRecord, _ url: WebURL, _ current: inout Open) throws -> Kind {
        if sites.isFile(url) { return .robots }
        if record.type == "resource" { return Self.kind(mediaType: record.contentType) }
        let found = try current.reader.withFirst(16 << 10) { ArchivedResponse.head(of: $0)?.head }
        guard let head = found else { return .other }
        switch head.status {
        case 200..<300:
            let type = head.headers["content-type"] ?? ""
            return type.isEmpty ? .page : Self.kind(mediaType: type.lowercased())
        case 300..<400: return .redirect
        default: return .other
        }
    }

    private static func kind(mediaType: String) -> Kind {
        let type = mediaType.trimmed
        if type.hasPrefix("text/html") || type.hasPrefix("application/xhtml+xml") { return .page }
        // Servers that do not know a picture's type say this.
        return type.hasPrefix("image/") || type.hasPrefix("application/octet-stream") ? .picture : .other
    }

    /// How much of an answer's block is read; nil to pass over it.
    private func limit(of kind: Kind, isKnown: Bool) -> Int? {
        let head = 64 << 10
        switch kind {
        case .robots: return RobotsRules.maxBytes + head
        case .redirect: return head
        case .page: return isKnown || pass == .pictures ? nil : context.configuration.maxPageBytes + head
        case .picture: return isKnown ? nil : context.configuration.filters.maxBytes + head
        case .other: return nil
        }
    }

    private func response(
        _ record: ArchiveRecord, _ block: UnsafeRawBufferPointer, isCut: Bool, maxBytes: Int
    ) -> FetchResponse? {
        if record.type == "resource" {
            let headers = HTTPHeaders([("content-type", record.contentType)])
            return FetchResponse(
                url: record.target, status: 200, headers: headers, body: [UInt8](block),
                isBodyTruncated: isCut)
        }
        return ArchivedResponse.parse(block, url: record.target, isCut: isCut, maxBytes: maxBytes)
    }

    /// A page of a WAT file.
    private func takeMetadata(_ url: WebURL, _ current: inout Open, into batch: inout FeedBatch) throws -> Int
    {
        let limit = context.configuration.maxPageBytes
        guard pass == .pagesAndPictures, current.records > current.known,
            let block = try current.reader.block(limit: limit), !block.isCut
        else { return 0 }
        guard let found = PageMetadata.read(block.bytes, limits: context.reader.limits) else {
            return block.bytes.count
        }
        let response = FetchResponse(url: url.href, status: 200, headers: HTTPHeaders(found.headers))
        let wishes = context.optOuts(response, url, sites.rules(of: url))
        offer(context.look(at: context.reader.resolve(found.page, url: url), wishes), of: url, into: &batch)
        return block.bytes.count
    }

    private func takePage(_ response: FetchResponse, _ url: WebURL, into batch: inout FeedBatch) {
        guard response.isHTML else { return }
        let look = context.look(at: response, url, sites.rules(of: url))
        offer(look, of: url, into: &batch)
    }

    private func offer(_ look: CrawlContext.Look, of url: WebURL, into batch: inout FeedBatch) {
        let origin = CandidateOrigin(url, licence: look.harvest.licence, language: look.harvest.language)
        batch.offers += look.harvest.candidates.map { FeedOffer(candidate: $0, origin: origin) }
        batch.drops.merge(look.drops, uniquingKeysWith: +)
    }

    /// A picture, for its own address and for those that led to it.
    private func takePicture(
        _ response: FetchResponse, _ url: WebURL, _ record: ArchiveRecord, into batch: inout FeedBatch
    ) {
        let wish = context.optOuts(response, url, sites.rules(of: url)).againstPicture
        let picture = FeedPicture(
            bytes: response.body,
            fetchedAt: ArchiveDate.milliseconds(record.date) ?? WallClock.milliseconds(),
            optOut: wish)
        for id in [frontierID(url.canonical)] + aliases.leading(to: url) where batch.pictures[id] == nil {
            batch.pictures[id] = picture
        }
    }
}
