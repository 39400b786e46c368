/// Results that wait to be made durable together.
struct ResultBuffer {
    private(set) var pages: [PageResult] = []
    private(set) var images: [ImageResult] = []
    private(set) var fetched: [FetchedImage] = []
    private(set) var log: [Decision] = []
    private(set) var bytes = 0
    private var since: ContinuousClock.Instant?

    /// A group is made durable when its oldest result is so old, …
    static let maxAge = Duration.milliseconds(100)
    /// … or it holds so many results, …
    static let maxCount = 512
    /// … or so many bytes of pictures.
    static let maxBytes = 16 << 20

    var isEmpty: Bool { pages.isEmpty && images.isEmpty && fetched.isEmpty && log.isEmpty }
    private var count: Int { pages.count + images.count + fetched.count }

    /// Whether the group should go now.
    func isDue(_ now: ContinuousClock.Instant) -> Bool {
        guard let since else { return false }
        return now - since >= Self.maxAge || count >= Self.maxCount || bytes >= Self.maxBytes
    }

    /// When the group is due at the latest; nil for an empty one.
    var deadline: ContinuousClock.Instant? { since.map { $0 + Self.maxAge } }

    mutating func add(_ page: PageResult, now: ContinuousClock.Instant) {
        pages.append(page)
        since = since ?? now
    }

    mutating func add(_ image: ImageResult, now: ContinuousClock.Instant) {
        images.append(image)
        since = since ?? now
    }

    mutating func add(_ image: FetchedImage, now: ContinuousClock.Instant) {
        fetched.append(image)
        bytes += image.bytes
        since = since ?? now
    }

    mutating func add(_ decision: Decision, now: ContinuousClock.Instant) {
        log.append(decision)
        since = since ?? now
    }
}
