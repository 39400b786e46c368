internal import Fetch
internal import Foundation
internal import PairStore

/// The rows of URL lists as candidates.
final class ListFeed: CandidateFeed {
    private let options: ListOptions
    private let context: CrawlContext
    private let marks: [String: InputMark]
    private let hasContact: Bool
    /// The site that was looked at last for whether it may be asked without a contact.
    private var checked: String?
    private var waiting: [String]
    private var open: Open?

    private struct Open {
        let list: URLList
        let name: String
        /// What provides for rows without a page, licence and language.
        let origin: CandidateOrigin
        /// What the list is known by in later runs; nil for what can be read only once.
        let id: String?
        var rows: Int64 = 0
    }

    /// Rows are taken together up to so many of them, or so many bytes of candidates.
    private static let maxRows = 4_096
    private static let maxBytes = 4 << 20

    /// - Parameter marks: how far earlier runs came, by input.
    init(_ paths: [String], _ options: ListOptions, _ context: CrawlContext, marks: [String: InputMark]) {
        (self.options, self.context, self.marks, waiting) = (options, context, marks, paths)
        hasContact = FetchConfiguration.namesContact(context.configuration.userAgent)
    }

    func next() throws -> FeedBatch? {
        while open == nil {
            guard !waiting.isEmpty else { return nil }
            open = try open(waiting.removeFirst())
        }
        var batch = FeedBatch()
        var bytes = 0
        while batch.rows < Self.maxRows, bytes < Self.maxBytes {
            guard let row = try open?.list.next() else {
                batch.mark = mark(isDone: true)
                open = nil
                return batch
            }
            open?.rows += 1
            batch.rows += 1
            switch row.flatMap(offer) {
            case .success(let offer):
                try check(offer.candidate)
                bytes += offer.candidate.text.utf8.count + (offer.candidate.extra?.json.utf8.count ?? 0) + 256
                batch.offers.append(offer)
            case .failure(let drop): batch.drops[drop.reason, default: 0] += 1
            }
        }
        batch.mark = mark(isDone: false)
        return batch
    }

    private func mark(isDone: Bool) -> InputMark? {
        guard let open, let id = open.id else { return nil }
        return InputMark(id: id, name: open.name, position: open.rows, isDone: isDone)
    }

    /// Opens a list where an earlier run left it; nil when that came to its end.
    private func open(_ path: String) throws -> Open? {
        let id = try InputFile.identity(path, manner: manner)
        let known = id.flatMap { marks[$0] }
        if known?.isDone == true { return nil }
        let name = path == "-" ? "standard input" : URL(fileURLWithPath: path).lastPathComponent
        var open = Open(
            list: try URLList(path, options), name: name, origin: CandidateOrigin(list: name), id: id)
        while open.rows < known?.position ?? 0, try open.list.next() != nil { open.rows += 1 }
        return open
    }

    /// A host of other people wants to know who asks.
    private func check(_ candidate: OfferedCandidate) throws {
        guard !hasContact, candidate.image.origin != checked else { return }
        checked = candidate.image.origin
        if let url = WebURL(candidate.image.url) { try context.configuration.checkContact(url.host) }
    }

    /// What makes the same rows other candidates.
    private var manner: String {
        "\(options.format as Any) \(options.urlColumn as Any) \(options.textColumns) \(options.pageColumn as Any) "
            + "\(context.configuration.partition as Any)"
    }

    private func offer(_ row: ListRow) -> Result<FeedOffer, Dropped> {
        let list = open?.origin ?? CandidateOrigin(list: "")
        return ImageReference.first(of: [row.url.trimmed]).flatMap { url in
            context.curator.candidate(ImageOffer(url: url, texts: row.rankedTexts))
        }.flatMap { $0.keeping(row.extra) }.map { FeedOffer(candidate: $0, origin: row.origin(list: list)) }
    }
}

extension OfferedCandidate {
    /// The candidate with what else its row says.
    func keeping(_ values: [String: String]) -> Result<Self, Dropped> {
        if values.isEmpty { return .success(self) }
        guard let extra = ExtraFields(values) else { return .failure(Dropped(.rowExtraTooLong)) }
        var candidate = self
        candidate.extra = extra
        return .success(candidate)
    }
}

extension ListRow {
    /// Its texts, cleaned, best first.
    var rankedTexts: [RankedText] {
        texts.compactMap(TextCleaner.clean).map { RankedText(source ?? .caption, $0) }
    }

    /// The page that it names, else the list.
    func origin(list: CandidateOrigin) -> CandidateOrigin {
        if let page = page.flatMap({ WebURL($0.trimmed) }) {
            return CandidateOrigin(page, licence: licence, language: language)
        }
        if licence == nil, language == nil { return list }
        return CandidateOrigin(list: list.url, licence: licence, language: language)
    }
}

extension String {
    /// Without white space at its ends.
    var trimmed: String {
        let isVisible = { (byte: UInt8?) in byte.map { (0x21..<0x7F).contains($0) } ?? false }
        // As most are.
        if isVisible(utf8.first), isVisible(utf8.last) { return self }
        return trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
