internal import Synchronization

/// Pictures on their way into the store. Whoever takes them has them alone, so that each may be let go once it is staged,
/// while the others are.
final class FetchedGroup: Sendable {
    private let images: Mutex<[FetchedImage]>
    /// What the pictures take.
    let bytes: Int

    init(_ images: [FetchedImage], bytes: Int) {
        self.images = Mutex(images)
        self.bytes = bytes
    }

    func take() -> [FetchedImage] {
        images.withLock { images in
            defer { images = [] }
            return images
        }
    }
}

/// Results that wait to be made durable together.
struct ResultBuffer {
    typealias Instant = ContinuousClock.Instant

    /// Results that the frontier alone has to take in.
    struct Group: Sendable {
        var pages: [PageResult] = []
        var images: [ImageResult] = []
        var sites: [SiteNews] = []
        var log: [Decision] = []
        /// How far inputs are done.
        var marks: [InputMark] = []
        /// About what its pages take in memory: a sitemap of fifty thousand addresses is small on the wire only.
        var bytes = 0
    }

    private var group = Group()
    /// Pictures whose pairs the store decides on first.
    private var fetched: [FetchedImage] = []
    /// Bytes of pictures that wait.
    private var pictureBytes = 0
    /// About what all that waits takes in memory.
    var bytes: Int { pictureBytes + group.bytes }
    private var oldest: Instant?
    private var oldestImage: Instant?
    private var oldestFetched: Instant?

    /// A result waits this long for others. Short, for what was read and is not written yet is read again after a
    /// kill, and others wait for the links of a page.
    static let maxAge = Duration.milliseconds(20)
    /// Pairs wait longer: their commit syncs a shard and the catalogue.
    static let maxFetchedAge = Duration.milliseconds(100)
    /// Results of pictures longest. Each changes pages of the frontier's file that lie anywhere in it, so many together
    /// write less; those that a kill takes are asked for again, and their pairs found in the store.
    static let maxImageAge = Duration.milliseconds(500)
    /// So many results do not wait.
    static let maxCount = 512
    static let maxImages = 2_048
    /// So many bytes of pictures, or of pages, do not wait.
    static let maxBytes = 12 << 20

    /// Nothing waits.
    var isEmpty: Bool { oldest == nil && oldestImage == nil && oldestFetched == nil }

    /// When the next group is due at the latest; nil when nothing waits.
    var deadline: Instant? {
        let times = [
            (oldest, Self.maxAge), (oldestImage, Self.maxImageAge), (oldestFetched, Self.maxFetchedAge),
        ]
        return times.compactMap { time, age in time.map { $0 + age } }.min()
    }

    /// Takes the results that are due; whatever there is when nothing else is under way.
    mutating func takeGroup(_ now: Instant, isQuiet: Bool) -> Group? {
        let isFull =
            group.pages.count >= Self.maxCount || group.images.count >= Self.maxImages
            || group.bytes >= Self.maxBytes
        let isDue =
            isFull || isOlder(oldest, Self.maxAge, now) || isOlder(oldestImage, Self.maxImageAge, now)
        guard oldest != nil || oldestImage != nil, isQuiet || isDue else { return nil }
        defer {
            group = Group()
            (oldest, oldestImage) = (nil, nil)
        }
        return group
    }

    /// The same for pictures that wait for the store.
    mutating func takeFetched(_ now: Instant, isQuiet: Bool) -> FetchedGroup? {
        let isFull = fetched.count >= Self.maxCount || pictureBytes >= Self.maxBytes
        guard oldestFetched != nil, isQuiet || isFull || isOlder(oldestFetched, Self.maxFetchedAge, now)
        else {
            return nil
        }
        defer {
            fetched = []
            pictureBytes = 0
            oldestFetched = nil
        }
        return FetchedGroup(fetched, bytes: pictureBytes)
    }

    private func isOlder(_ time: Instant?, _ age: Duration, _ now: Instant) -> Bool {
        time.map { now - $0 >= age } ?? false
    }

    mutating func add(_ page: PageResult, now: Instant) {
        group.pages.append(page)
        group.bytes += page.outcome.bytes
        oldest = oldest ?? now
    }

    mutating func add(_ image: ImageResult, now: Instant) {
        group.images.append(image)
        oldestImage = oldestImage ?? now
    }

    mutating func add(_ image: FetchedImage, now: Instant) {
        fetched.append(image)
        pictureBytes += image.bytes
        oldestFetched = oldestFetched ?? now
    }

    mutating func add(_ site: SiteNews, now: Instant) {
        group.sites.append(site)
        oldest = oldest ?? now
    }

    mutating func add(_ mark: InputMark, now: Instant) {
        group.marks.append(mark)
        oldest = oldest ?? now
    }

    mutating func add(_ decision: Decision, now: Instant) {
        group.log.append(decision)
        oldest = oldest ?? now
    }
}

extension PageOutcome {
    /// About what it takes in memory: addresses and texts of usual lengths.
    fileprivate var bytes: Int {
        switch self {
        case .read(let harvest): harvest.links.count * 256 + harvest.candidates.count * 1_024
        case .sitemap(let urls, _): urls.count * 256
        case .unchanged, .redirect, .dropped, .retry, .released: 256
        }
    }
}
