/// Pages and pictures a second over the last few seconds.
struct RateMeter {
    private var samples: [(time: ContinuousClock.Instant, pages: Int, images: Int)] = []
    private(set) var pages = 0
    private(set) var images = 0

    private static let window = Duration.seconds(5)

    mutating func countPage() { pages += 1 }
    mutating func countImage() { images += 1 }

    /// The rates at a time, which also begins a new sample.
    mutating func rates(at now: ContinuousClock.Instant) -> (pages: Double, images: Double) {
        samples.append((now, pages, images))
        while samples.count > 2, now - samples[0].time > Self.window { samples.removeFirst() }
        let span = (now - samples[0].time).seconds
        guard span > 0 else { return (0, 0) }
        return (Double(pages - samples[0].pages) / span, Double(images - samples[0].images) / span)
    }
}
