internal import Digest

/// Where candidates come from when it is not from pages of the live web. Used from one thread at a time.
protocol CandidateFeed: AnyObject {
    /// The next candidates; nil when all were given. Blocks while it reads.
    func next() throws -> FeedBatch?
    /// Starts over, once all was given, for pictures that may have come before their candidates; false when that is of no
    /// use.
    func startAgain() -> Bool
}

extension CandidateFeed {
    func startAgain() -> Bool { false }
}

/// Some candidates of an import.
struct FeedBatch: Sendable {
    var offers: [FeedOffer] = []
    /// Pictures that came with the candidates, by the number of their address.
    var pictures: [Int64: FeedPicture] = [:]
    var drops: [DropReason: Int] = [:]
    /// How many rows, records or samples this is.
    var rows = 0
    /// Where the input stands once everything of this batch, pictures included, is done.
    var mark: InputMark?
}

/// A candidate and what offered it.
struct FeedOffer: Sendable {
    let candidate: OfferedCandidate
    let origin: CandidateOrigin
}

/// A picture that need not be asked for.
struct FeedPicture: Sendable {
    let bytes: [UInt8]
    /// When it was fetched, in milliseconds since 1970.
    let fetchedAt: Int64
    /// The wish of whoever served it not to be used.
    var optOut: OptOut?
}

/// How far an input was read, in `crawl.sqlite`.
struct InputMark: Hashable, Sendable {
    /// What the input is known by.
    let id: String
    /// What it was called, for a person.
    let name: String
    /// Where reading goes on: a number of rows, or of bytes.
    let position: Int64
    let isDone: Bool
}

/// What offers a candidate: a page, or a list that names none.
struct CandidateOrigin: Hashable, Sendable {
    let id: Int64
    /// The page's address, or the list's name.
    let url: String
    /// Scheme, host and port of a page; empty for a list.
    let host: String
    let licence: String?
    let language: String?

    /// A page. One that is given with a licence or language of a candidate's own is told apart from the page itself,
    /// which a crawl may come upon.
    init(_ page: WebURL, licence: String? = nil, language: String? = nil) {
        let queued = QueuedURL(page)
        self.init(name: queued.url, host: queued.origin, licence: licence, language: language)
    }

    /// A list.
    init(list: String, licence: String? = nil, language: String? = nil) {
        self.init(name: list, host: "", licence: licence, language: language)
    }

    private init(name: String, host: String, licence: String?, language: String?) {
        let isPlain = licence == nil && language == nil
        id = frontierID(isPlain ? name : "\(name)\n\(licence ?? "")\n\(language ?? "")")
        (url, self.host, self.licence, self.language) = (name, host, licence, language)
    }
}
