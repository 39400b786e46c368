internal import Digest
internal import Foundation
internal import PairStore
internal import QueryBank

/// The name of a URL in the frontier: 63 bits of the SHA-256 of its canonical form, so that the table's own key
/// finds it. Of 5 million URLs two fall together with a chance of one in a million.
func frontierID(_ canonical: String) -> Int64 {
    Int64(bitPattern: SHA256Digest(ofUTF8: canonical).firstWord >> 1)
}

/// A URL on its way into a queue.
struct QueuedURL: Hashable, Sendable {
    let id: Int64
    let url: String
    let origin: String

    init(_ url: WebURL) {
        self.url = url.isCanonical ? url.href : url.canonical
        origin = url.origin
        id = frontierID(self.url)
    }

    /// A picture that lies nowhere on the web, named by its bytes (RFC 6920: `ni:///sha-256;…`).
    init(naming digest: SHA256Digest) {
        let base64 = Data(digest.bytes).base64EncodedString()
        url =
            "ni:///sha-256;"
            + base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        origin = ""
        id = frontierID(url)
    }
}

extension WebURL {
    /// The serialised form is the canonical one already, as nearly always: no user name, fragment or escape.
    fileprivate var isCanonical: Bool {
        Int(parts.queryEnd) == href.utf8.count && parts.hostStart == parts.schemeEnd + 3
            && !href.utf8.contains(UInt8(ascii: "%"))
    }
}

/// A page to fetch.
struct PageTask: Sendable {
    let id: Int64
    let host: Int64
    let url: String
    let depth: Int
    let hops: Int
    let tries: Int
    /// It is part of a sitemap.
    var isSitemap = false
    /// What an earlier answer said of its version.
    var entityTag: String?
    var lastModified: String?

    /// The server may answer that nothing has changed.
    var isConditional: Bool { entityTag != nil || lastModified != nil }
}

/// A picture to fetch, with the candidates that want it. A class, for it is handed on from thread to thread.
final class ImageTask: Sendable {
    let id: Int64
    let host: Int64
    let url: String
    let tries: Int
    /// What it was when it was fetched before, for candidates that came later.
    let sha256: SHA256Digest?
    let candidates: [WantedCandidate]

    init(
        id: Int64, host: Int64, url: String, tries: Int, sha256: SHA256Digest?, candidates: [WantedCandidate]
    ) {
        (self.id, self.host, self.url) = (id, host, url)
        (self.tries, self.sha256, self.candidates) = (tries, sha256, candidates)
    }
}

/// A candidate that waits for its picture.
struct WantedCandidate: Sendable {
    let key: CandidateKey
    let text: String
    let source: TextSource
    let pageURL: String
    let queries: [QueryID]
    let u: UInt64
    let licence: String?
    let language: String?
    let extra: ExtraFields?
}

/// A matched candidate that a page offers.
struct OfferedCandidate: Sendable {
    let image: QueuedURL
    let key: CandidateKey
    let text: String
    let source: TextSource
    let queries: [QueryID]
    let u: UInt64
    var extra: ExtraFields?
}

/// What came of fetching a page.
enum PageOutcome: Sendable {
    /// It was read.
    case read(PageHarvest)
    /// It is what it was when it was read before.
    case unchanged
    /// It leads elsewhere.
    case redirect(QueuedURL)
    /// It is part of a sitemap, and names pages or further parts.
    case sitemap([QueuedURL], isIndex: Bool)
    /// It is left out for good.
    case dropped(DropReason)
    /// It failed in a way that may heal; asked again after so many milliseconds, unless it was tried too often.
    case retry(DropReason, afterMilliseconds: Int64)
    /// Nothing was asked; it stays in the queue.
    case released
}

/// What a page that was read gives the crawl.
struct PageHarvest: Sendable {
    var links: [QueuedURL] = []
    var candidates: [OfferedCandidate] = []
    var licence: String?
    var language: String?
    /// The validators of the answer, for asking conditionally later.
    var entityTag: String?
    var lastModified: String?
    /// What its bytes are known by; nil for a page without any.
    var digest: Int64?
}

/// What came of fetching a picture.
enum ImageOutcome: Sendable {
    /// It was fetched, and every candidate that was asked for has its outcome.
    case settled(SHA256Digest)
    /// No candidate of the task is wanted any more; nothing was fetched.
    case unwanted
    /// It is left out for good, and its candidates with it.
    case dropped(DropReason)
    case retry(DropReason, afterMilliseconds: Int64)
    case released
}

/// One line of the log of requests and decisions.
struct Decision: Sendable {
    enum Subject: Int, Sendable { case page = 0, image = 1, robots = 2, sitemap = 3, host = 4 }

    let subject: Subject
    let url: String
    /// What was decided: `read`, `picture …`, a drop's reason, `again after …`, `redirect to …`.
    let outcome: String
    var status: Int?
    var bytes: Int?
    var milliseconds: Int?
    var address: String?
}

/// A page's result as the frontier takes it in.
struct PageResult: Sendable {
    let task: PageTask
    var outcome: PageOutcome
    var drops: [DropReason: Int] = [:]
    var decisions: [Decision] = []
}

/// A picture's result as the frontier takes it in.
struct ImageResult: Sendable {
    let task: ImageTask
    var outcome: ImageOutcome
    /// What became of candidates: those that balance refused, and after a commit all others.
    var fates: [CandidateKey: CandidateFate] = [:]
    var drops: [DropReason: Int] = [:]
    var decisions: [Decision] = []
}

/// Where a candidate stands, as the file has it.
enum CandidateState: Int, Sendable {
    /// Its picture waits or is on its way.
    case wanted = 0
    case kept = 1
    /// No query has room for it.
    case refused = 2
    /// The same picture and text are kept from another address.
    case merged = 3
    /// Its picture is left out.
    case dropped = 4
    /// A removal names it.
    case removed = 5
}

/// What became of a candidate.
enum CandidateFate: Sendable {
    case kept, refusedBeforeFetch, refusedAtCommit, merged, removed

    init(_ outcome: PairOutcome) {
        switch outcome {
        case .kept: self = .kept
        case .refused: self = .refusedAtCommit
        case .merged: self = .merged
        case .removed: self = .removed
        }
    }

    var state: CandidateState {
        switch self {
        case .kept: .kept
        case .refusedBeforeFetch, .refusedAtCommit: .refused
        case .merged: .merged
        case .removed: .removed
        }
    }

    var reason: DropReason? {
        switch self {
        case .kept: nil
        case .refusedBeforeFetch: .pairRefusedEarly
        case .refusedAtCommit: .pairRefused
        case .merged: .pairMerged
        case .removed: .pairRemoved
        }
    }
}
